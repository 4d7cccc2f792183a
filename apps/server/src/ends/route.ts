import type { IncomingMessage, ServerResponse } from "node:http";

/** An address of the server and who answers there. */
export interface HttpRoute {
  method: "GET" | "POST";
  /** Exact path, or a prefix when it ends with a slash. */
  path: string;
  /** Whether the caller must show the token or a browser's cookie. */
  auth: boolean;
  handle(request: IncomingMessage, response: ServerResponse, rest: string): void | Promise<void>;
}

/** What an address needs to run calls: the end of its caller, or of the server, ends them too. */
export interface CallScope {
  /** Aborts when the caller goes away, and when the server ends: a stream at once, a call after its grace. */
  begin(response: ServerResponse, kind: "call" | "stream"): AbortSignal;
  callerOf(request: IncomingMessage): { caller_thread_id?: string };
}
