import type { IncomingMessage, ServerResponse } from "node:http";
import { directory } from "@conveyor/contracts/directory";
import { ConveyorError } from "@conveyor/contracts/errors";
import { refusals } from "@conveyor/contracts/refusals";
import type { ErrorShape } from "@conveyor/router";
import { runCall } from "@conveyor/router";
import { MAX_REQUEST_BYTES } from "@conveyor/sdk/link";
import type { Refusal } from "../request-guard.ts";
import { boundAnswer, readBody } from "../responses.ts";
import type { Serving } from "../serving.ts";
import type { CallScope, HttpRoute } from "./route.ts";

/** Where plain HTTP calls are: `POST /api/calls/tasks.list` with the input as its body answers with the answer itself. */
export const CALLS_PATH = "/api/calls/";

/** Queries and mutations as plain HTTP calls with JSON in and out, as `/api/openapi.json` describes them (spec 10 §10.7). */
export function restRoutes(serving: Serving, scope: CallScope): HttpRoute[] {
  const handle: HttpRoute["handle"] = (request, response, rest) =>
    answerCall(serving, scope, { request, response, rest });
  return (["GET", "POST"] as const).map((method) => ({ method, path: CALLS_PATH, auth: true, handle }));
}

async function answerCall(
  serving: Serving,
  scope: CallScope,
  { request, response, rest }: { request: IncomingMessage; response: ServerResponse; rest: string },
): Promise<void> {
  const entry = Object.hasOwn(directory, rest) ? directory[rest as keyof typeof directory] : undefined;
  if (entry === undefined || (entry.kind !== "query" && entry.kind !== "mutation")) {
    const hint = "GET /api/openapi.json lists the calls";
    return refuse(response, { code: "not_found", message: `there is no call ${rest.slice(0, 100)}`, hint });
  }
  if (entry.kind === "mutation" && request.method !== "POST") {
    response.setHeader("allow", "POST");
    const message = `${rest} changes something, so it takes POST`;
    return refuse(response, { code: "invalid_input", message, status: 405 });
  }
  const input = await inputOf(request);
  if (input === undefined) {
    const hint = "send a JSON object as the body; a query also takes it as ?input=";
    return refuse(response, { code: "invalid_input", message: "the input is not a JSON object", hint });
  }
  boundAnswer(response, serving.most_answer_bytes);
  const ctx = serving.runtime.context(scope.begin(response, "call"), scope.callerOf(request));
  for await (const reply of runCall(serving.router, { type: entry.kind, path: rest, input }, ctx)) {
    if ("result" in reply) sendAnswer(response, 200, reply.result ?? null);
    else if ("error" in reply) {
      const { data } = reply.error as ErrorShape;
      serving.noteFailure(rest, data.conveyor.code);
      sendAnswer(response, data.httpStatus, { error: data.conveyor });
    }
  }
}

/** In the form in which calls themselves refuse. */
function refuse(response: ServerResponse, { code, message, hint, status }: Refusal): void {
  const error = new ConveyorError(code, message, { hint });
  sendAnswer(response, status ?? refusals[code].http, { error: error.toBody() });
}

/** The input of a call; undefined when it cannot be read as an object. */
async function inputOf(request: IncomingMessage): Promise<unknown> {
  const { searchParams } = new URL(request.url ?? "/", "http://localhost");
  try {
    const text = request.method === "POST" ? await readBody(request, MAX_REQUEST_BYTES) : searchParams.get("input");
    const input: unknown = JSON.parse(text === null || text.trim() === "" ? "{}" : text);
    return typeof input === "object" && input !== null && !Array.isArray(input) ? input : undefined;
  } catch {
    return undefined;
  }
}

/** In one piece, so that an answer nobody could take is refused before its first byte. */
function sendAnswer(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.statusCode = status;
  response.setHeader("content-type", "application/json");
  response.write(text);
  response.end();
}
