import type { IncomingMessage, ServerResponse } from "node:http";
import { runCall } from "@conveyor/router";
import { sendError } from "../responses.ts";
import type { Serving } from "../serving.ts";
import type { CallScope, HttpRoute } from "./route.ts";

/** How often a silent stream says that it is there, in milliseconds: below the time after which proxies cut a connection. */
const BEAT_MS = 15_000;
/** How soon a client that was cut off should come back, in milliseconds. */
const RETRY_MS = 1000;

/** What an address line may narrow the stream to: the filters of `telemetry --follow`. */
const FILTERS = ["task", "run", "actor", "event_type", "severity", "search", "backlog"] as const;

/**
 * `GET /api/events`: telemetry as server-sent events, each with its number in the ledger's sequence as id. A client that
 * comes back with `Last-Event-ID` misses nothing and gets nothing twice (spec 10 §10.7). Attributes hold no content.
 */
export function eventStreamRoutes(serving: Serving, scope: CallScope, beat_ms: number = BEAT_MS): HttpRoute[] {
  return [
    {
      method: "GET",
      path: "/api/events",
      auth: true,
      handle: (request, response) => streamEvents(serving, scope, { request, response, beat_ms }),
    },
  ];
}

async function streamEvents(
  serving: Serving,
  scope: CallScope,
  { request, response, beat_ms }: { request: IncomingMessage; response: ServerResponse; beat_ms: number },
): Promise<void> {
  const { searchParams } = new URL(request.url ?? "/", "http://localhost");
  const unknown = [...searchParams.keys()].find((name) => !(FILTERS as readonly string[]).includes(name));
  if (unknown !== undefined) {
    const hint = `use ${FILTERS.join(", ")}`;
    return sendError(response, { code: "invalid_input", message: `there is no filter ${unknown.slice(0, 100)}`, hint });
  }
  const last = request.headers["last-event-id"];
  const given = Object.fromEntries(searchParams);
  const input = {
    ...given,
    ...(given["backlog"] !== undefined && { backlog: Number(given["backlog"]) }),
    ...(typeof last === "string" && last !== "" && { lastEventId: last }),
  };
  const signal = scope.begin(response, "stream");
  const flow = serving.subscribers.flow(request.socket);
  const ctx = serving.runtime.context(signal, scope.callerOf(request), flow);
  let beat: NodeJS.Timeout | undefined;
  const open = () => {
    if (response.headersSent) return;
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no" });
    response.write(`retry: ${RETRY_MS}\n\n`);
    beat = setInterval(() => response.write(": still here\n\n"), beat_ms);
  };
  try {
    const call = { type: "subscription", path: "telemetry.onEvent", input } as const;
    for await (const reply of runCall(serving.router, call, ctx)) {
      if ("error" in reply) {
        const { conveyor } = reply.error.data;
        if (response.headersSent) response.write(eventText("failed", undefined, conveyor));
        else sendError(response, { ...conveyor, hint: conveyor.hint ?? undefined } as Parameters<typeof sendError>[1]);
      } else if ("event" in reply) {
        open();
        const { id, data } = reply.event;
        response.write(data === null ? eventText("ready", id, {}) : eventText("telemetry", id, data));
      }
    }
  } finally {
    clearInterval(beat);
    response.end();
  }
}

/** One event; JSON has no line breaks of its own, so it is one line of data. */
function eventText(event: string, id: string | undefined, data: unknown): string {
  return `${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
