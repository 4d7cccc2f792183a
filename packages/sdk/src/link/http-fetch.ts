import { Agent, type IncomingMessage, request as plainRequest } from "node:http";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
import { ConveyorError } from "@conveyor/contracts/errors";
import { ConnectionLost } from "./exchange-link.ts";
import { MAX_ANSWER_BYTES, withinRequestLimit } from "./wire.ts";

// A connection that is kept may be closed by the server just as a call is sent, and then nobody knows whether it ran.
const AGENTS = { "http:": new Agent({ keepAlive: false }), "https:": new SecureAgent({ keepAlive: false }) };

interface FetchInit {
  method?: string | undefined;
  headers?: unknown;
  body?: unknown;
  signal?: AbortSignal | null | undefined;
}

/**
 * The part of `fetch` that tRPC's HTTP link uses. The built-in fetch gives up a response after five minutes without a
 * way to say otherwise, and waiting for longer is what inboxes are for; it also costs a tenth of a second to load.
 * Throws `ConnectionLost`, `too_large` for a body that no server reads, or `server_unreachable` when what answers is no Conveyor server.
 */
export async function httpFetch(input: unknown, init: FetchInit = {}) {
  const url = new URL(String(input));
  if (typeof init.body === "string") withinRequestLimit(init.body);
  const response = await send(url, init);
  const text = await readAll(response);
  return {
    ok: response.statusCode === 200,
    status: response.statusCode ?? 0,
    async json(): Promise<unknown> {
      try {
        return JSON.parse(text);
      } catch (cause) {
        throw new ConveyorError("server_unreachable", `what answers at ${url.origin} is not a Conveyor server`, {
          hint: "check the URL; `conveyor serve --status` prints it",
          details: { status: response.statusCode ?? null },
          cause,
        });
      }
    },
  };
}

function send(url: URL, { method = "GET", headers, body, signal }: FetchInit): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const secure = url.protocol === "https:";
    const request = (secure ? secureRequest : plainRequest)(url, {
      method,
      headers: headers as Record<string, string>,
      agent: AGENTS[secure ? "https:" : "http:"],
      signal: signal ?? undefined,
    });
    let connected = false;
    request.on("socket", (socket) => {
      socket.setKeepAlive(true, 30_000);
      socket.on("connect", () => {
        connected = true;
      });
    });
    request.on("response", resolve);
    request.on("error", (cause: NodeJS.ErrnoException) => {
      const what = connected ? "the connection to the server was lost" : "the server does not answer";
      reject(new ConnectionLost(`${what} (${cause.code ?? cause.message})`, { may_have_run: connected, cause }));
    });
    request.end(typeof body === "string" ? body : undefined);
  });
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) throw new Error(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`);
      chunks.push(chunk);
    }
  } catch (cause) {
    throw new ConnectionLost("the connection to the server was lost", { may_have_run: true, cause });
  }
  return Buffer.concat(chunks).toString("utf8");
}
