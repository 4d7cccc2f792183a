import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { World } from "../testing/world.ts";
import { traceIdsOf } from "./chain-traces.ts";
import { otelWanted } from "./wanted.ts";

interface Sent {
  path: string;
  body: {
    resourceSpans?: { scopeSpans: { spans: SentSpan[] }[] }[];
    resourceMetrics?: { scopeMetrics: { metrics: { name: string }[] }[] }[];
  };
}

interface SentSpan {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: { stringValue?: string } }[];
}

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.end());

/** A collector on this machine that keeps what it is sent. */
async function collector() {
  const sent: Sent[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => {
      text += String(chunk);
    });
    request.on("end", () => {
      sent.push({ path: request.url ?? "", body: JSON.parse(text) });
      response.setHeader("content-type", "application/json").end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  world.onCleanUp(async () => {
    server.closeAllConnections();
    server.close();
  });
  const spans = () =>
    sent.flatMap(({ body }) =>
      (body.resourceSpans ?? []).flatMap(({ scopeSpans }) => scopeSpans.flatMap((one) => one.spans)),
    );
  const metrics = () =>
    sent.flatMap(({ body }) =>
      (body.resourceMetrics ?? []).flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((one) => one.metrics)),
    );
  return { sent, spans, metrics, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe("what leaves the machine", () => {
  it.each<[Record<string, string>, string | null, string | null]>([
    [{}, null, null],
    [{ OTEL_SERVICE_NAME: "x" }, null, null],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:4318/" }, "http://c:4318/v1/traces", "http://c:4318/v1/metrics"],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://c/t" }, "http://c/t", null],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://c", OTEL_METRICS_EXPORTER: "none" }, "http://c/v1/traces", null],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://c", OTEL_SDK_DISABLED: "true" }, null, null],
  ])("with %j", (env, traces_url, metrics_url) => {
    expect(otelWanted(env)).toEqual({ traces_url, metrics_url });
  });

  it("is a trace for each correlation chain, one for each call, and figures; never content", async () => {
    const { spans, metrics, sent, url } = await collector();
    const env = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: url };
    const server = await world.server({ env });
    const transport = await world.transport();
    const call = (path: string, input: object) => transport.call({ path, kind: "mutation" } as never, input);
    await call("tasks.create", { name: "auth", goal: "a velvet goal" });
    for (const [role, name] of [
      ["registerWorker", "w"],
      ["registerManager", "m"],
    ]) {
      await call(`sessions.${role}`, { name, codex_session: world.rollout() });
    }
    await call("bindings.bind", { task: "auth", worker: "w", manager: "m" });
    await call("dispatch.enqueueNudgeWorker", { task: "auth", message: "a velvet message", correlation_id: "slice-1" });
    await call("dispatch.run", { no_ingest: true });
    await server.close();

    const ids = traceIdsOf("slice-1");
    const chain = spans().filter(({ traceId }) => traceId === ids.trace_id);
    expect(chain.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["chain", "command_created", "dispatch_command_claimed", "dispatch_command_succeeded"]),
    );
    const root = chain.find(({ name }) => name === "chain");
    expect([root?.spanId, root?.parentSpanId ?? ""]).toEqual([ids.span_id, ""]);
    for (const span of chain.filter(({ name }) => name !== "chain")) {
      expect(span.parentSpanId).toBe(ids.span_id);
      expect(BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano)).toBe(true);
    }
    const calls = spans().filter(({ name }) => name === "dispatch.enqueueNudgeWorker");
    expect(calls).toHaveLength(1);
    expect(calls[0]?.traceId).not.toBe(ids.trace_id);
    expect(metrics().map(({ name }) => name)).toEqual(
      expect.arrayContaining(["conveyor.calls", "conveyor.call.duration", "conveyor.ledger.rows"]),
    );
    expect(new Set(sent.map(({ path }) => path))).toEqual(new Set(["/v1/traces", "/v1/metrics"]));
    expect(JSON.stringify(sent)).not.toContain("velvet");
  });

  it("costs a server nothing when the collector is away", async () => {
    const env = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" };
    const server = await world.server({ env });
    const transport = await world.transport();
    await transport.call({ path: "tasks.create", kind: "mutation" } as never, { name: "auth", goal: "g" });
    await server.close();
    await expect(server.closed).resolves.toBeUndefined();
  });
});
