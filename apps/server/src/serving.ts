import type { Runtime } from "@conveyor/router";
import type { AnyTRPCRouter } from "@trpc/server";
import type { Subscribers } from "./subscribers.ts";

/** What every listener of a server serves, and the bounds they share. */
export interface Serving {
  router: AnyTRPCRouter;
  runtime: Runtime;
  subscribers: Subscribers;
  /** Log the failure of a call if nobody foresaw it: which operation and what kind, never its content. */
  noteFailure(path: string | undefined, code: string): void;
  /** Log that a connection could not be accepted, and by which code of the system. */
  noteNotAccepted(code: string | undefined): void;
  /** Longest answer, in bytes; a longer one is refused with `too_large`. */
  most_answer_bytes: number;
}
