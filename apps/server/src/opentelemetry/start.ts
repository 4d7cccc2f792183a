import type { TelemetryEvent } from "@conveyor/contracts";
import type { LedgerGauges } from "@conveyor/core/telemetry/gauges";
import type { ObservedCall } from "@conveyor/router";
import { SpanKind, SpanStatusCode, type Tracer } from "@opentelemetry/api";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { ChainIds, ChainTraces } from "./chain-traces.ts";
import type { OtelWanted } from "./wanted.ts";

/** How long the last of it may take to leave when the server ends, in milliseconds. */
const FLUSH_MS = 2000;

/** What a server hands to OpenTelemetry. */
export interface OtelSources {
  version: string;
  ledger: () => Promise<LedgerGauges>;
  /** How often figures leave, in milliseconds. */
  every_ms: number;
}

/** What goes to a collector; nothing of it holds content. */
export interface Otel {
  noteCall(call: ObservedCall): void;
  noteEvent(event: TelemetryEvent): void;
  /** Send what is left; takes two seconds at most and never throws. */
  stop(): Promise<void>;
}

/** Send traces and figures to where the environment says. A collector that is away costs nothing but what it misses. */
export function startOtel({ traces_url, metrics_url }: OtelWanted, sources: OtelSources): Otel {
  const resource = resourceFromAttributes({ "service.name": "conveyor", "service.version": sources.version });
  const traces = traces_url === null ? undefined : startTraces(traces_url, resource);
  const metrics = metrics_url === null ? undefined : startMetrics(metrics_url, resource, sources);
  return {
    noteCall(call) {
      traces?.noteCall(call);
      metrics?.noteCall(call);
    },
    noteEvent: (event) => traces?.noteEvent(event),
    async stop() {
      const ended = Promise.allSettled([traces?.stop(), metrics?.stop()]);
      const limit = new Promise((resolve) => setTimeout(resolve, FLUSH_MS).unref());
      await Promise.race([ended, limit]);
    },
  };
}

function startTraces(url: string, resource: Resource): Otel {
  const idGenerator = new ChainIds();
  const processor = new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url }) });
  const provider = new TracerProvider({ resource, idGenerator, spanProcessors: [processor] });
  const tracer = provider.getTracer("conveyor");
  const chains = new ChainTraces(tracer, idGenerator);
  return {
    noteCall: (call) => spanOfCall(tracer, call),
    noteEvent: (event) => chains.note(event),
    stop: () => provider.shutdown(),
  };
}

/** A trace of its own for each call, as long as the call took. */
function spanOfCall(tracer: Tracer, { path, kind, code, duration_ms }: ObservedCall): void {
  const end = Date.now();
  const attributes = {
    "rpc.system": "conveyor",
    "rpc.method": path,
    "conveyor.kind": kind,
    "conveyor.code": code ?? "ok",
  };
  const span = tracer.startSpan(path, { root: true, kind: SpanKind.SERVER, startTime: end - duration_ms, attributes });
  if (code !== null) span.setStatus({ code: SpanStatusCode.ERROR, message: code });
  span.end(end);
}

function startMetrics(url: string, resource: Resource, { ledger, every_ms }: OtelSources): Omit<Otel, "noteEvent"> {
  const reader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter({ url }),
    exportIntervalMillis: every_ms,
    exportTimeoutMillis: Math.min(every_ms, 10_000),
  });
  const provider = new MeterProvider({ resource, readers: [reader] });
  const meter = provider.getMeter("conveyor");
  const calls = meter.createCounter("conveyor.calls", { description: "calls that have ended" });
  const durations = meter.createHistogram("conveyor.call.duration", { unit: "s", description: "how long calls took" });
  const rows = meter.createObservableGauge("conveyor.ledger.rows", { description: "what the ledger holds" });
  rows.addCallback(async (result) => {
    const { rows: counted } = await ledger();
    for (const { gauge, kind, role, amount } of counted) result.observe(amount, { gauge, kind, role });
  });
  return {
    noteCall({ path, kind, code, duration_ms }) {
      calls.add(1, { operation: path, kind, code: code ?? "ok" });
      durations.record(duration_ms / 1000, { operation: path, kind });
    },
    stop: () => provider.shutdown(),
  };
}
