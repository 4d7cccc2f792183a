import { createHash } from "node:crypto";
import type { TelemetryEvent } from "@conveyor/contracts";
import {
  type Attributes,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { type IdGenerator, RandomIdGenerator } from "@opentelemetry/sdk-trace";

/** Chains whose last step is remembered; of one that is longer silent the next step begins anew. */
const MOST_CHAINS = 10_000;

/** Ids of spans as they come, but for the next one where somebody says it. */
export class ChainIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #trace_id: string | undefined;
  #span_id: string | undefined;

  /** The ids of the next span that begins a trace. */
  announce({ trace_id, span_id }: { trace_id: string; span_id: string }): void {
    this.#trace_id = trace_id;
    this.#span_id = span_id;
  }

  generateTraceId(): string {
    const id = this.#trace_id ?? this.#random.generateTraceId();
    this.#trace_id = undefined;
    return id;
  }

  generateSpanId(): string {
    const id = this.#span_id ?? this.#random.generateSpanId();
    this.#span_id = undefined;
    return id;
  }
}

const idOf = (text: string, digits: number) => createHash("sha256").update(text).digest("hex").slice(0, digits);

/** The trace of a correlation id, the same in every process and after every restart. Pure. */
export function traceIdsOf(correlation_id: string): { trace_id: string; span_id: string } {
  return { trace_id: idOf(`trace ${correlation_id}`, 32), span_id: idOf(`root ${correlation_id}`, 16) };
}

/**
 * Makes a trace of every correlation chain: a span for each event that bears its id, from the event before it to its own
 * time, all below one that begins the chain (spec 03 §6.13). Attributes are facts and ids, never content.
 */
export class ChainTraces {
  readonly #tracer: Tracer;
  readonly #ids: ChainIds;
  /** When each chain took its last step, oldest first. */
  readonly #steps = new Map<string, number>();

  constructor(tracer: Tracer, ids: ChainIds) {
    this.#tracer = tracer;
    this.#ids = ids;
  }

  note(event: TelemetryEvent): void {
    const { correlation_id } = event.correlation;
    if (typeof correlation_id !== "string" || correlation_id === "") return;
    const ids = traceIdsOf(correlation_id);
    const at = Date.parse(event.timestamp);
    const before = this.#steps.get(correlation_id);
    if (before === undefined) this.#begin(ids, correlation_id, event, at);
    this.#steps.delete(correlation_id);
    this.#steps.set(correlation_id, at);
    if (this.#steps.size > MOST_CHAINS) this.#steps.delete(this.#steps.keys().next().value as string);

    const parent = { traceId: ids.trace_id, spanId: ids.span_id, traceFlags: TraceFlags.SAMPLED, isRemote: true };
    const span = this.#tracer.startSpan(
      event.event_type,
      {
        startTime: Math.min(before ?? at, at),
        kind: SpanKind.INTERNAL,
        attributes: attributesOf(event, correlation_id),
      },
      trace.setSpanContext(ROOT_CONTEXT, parent),
    );
    if (event.severity === "error") span.setStatus({ code: SpanStatusCode.ERROR, message: event.summary });
    span.end(at);
  }

  #begin(ids: ReturnType<typeof traceIdsOf>, correlation_id: string, event: TelemetryEvent, at: number): void {
    this.#ids.announce(ids);
    const attributes = { "conveyor.correlation_id": correlation_id, "conveyor.task_id": event.task_id ?? "" };
    this.#tracer.startSpan("chain", { startTime: at, root: true, attributes }, ROOT_CONTEXT).end(at);
  }
}

/** The event's own words and those of its facts and ids that are plain values. */
function attributesOf(event: TelemetryEvent, correlation_id: string): Attributes {
  const attributes: Attributes = {
    "conveyor.correlation_id": correlation_id,
    "conveyor.actor": event.actor,
    "conveyor.severity": event.severity,
    "conveyor.summary": event.summary,
    "conveyor.telemetry_id": event.id,
  };
  if (event.task_id !== null) attributes["conveyor.task_id"] = event.task_id;
  for (const [name, value] of [...Object.entries(event.correlation), ...Object.entries(event.attributes)]) {
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      attributes[`conveyor.fact.${name}`] = value;
    }
  }
  return attributes;
}
