import type { LedgerGauges } from "@conveyor/core/telemetry/gauges";
import type { ObservedCall } from "@conveyor/router";
import type { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { HttpRoute } from "./route.ts";

/** Bounds of how long calls take, in seconds. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** How many calls are kept until somebody asks for figures; then nothing is counted twice and nothing grows. */
interface CallTally {
  amount: number;
  seconds: number[];
}

/** What is asked of the rest of the server when figures are wanted. */
export interface MetricSources {
  version: string;
  ledger: () => Promise<LedgerGauges>;
  connections: () => number;
  subscribers: () => number;
  dispatch: () => boolean;
}

/** Most durations that are kept of one operation and outcome between two looks. */
const MOST_KEPT = 10_000;

/**
 * Figures of a server in Prometheus' text form (spec 10 §10.7). The library is loaded when they are first asked for; until
 * then calls are only counted. No label holds anything that a caller chose.
 */
export class Metrics {
  readonly #sources: MetricSources;
  readonly #tallies = new Map<string, CallTally>();
  #made: Promise<Made> | undefined;

  constructor(sources: MetricSources) {
    this.#sources = sources;
  }

  /** Count a call that has ended. */
  note({ path, kind, code, duration_ms }: ObservedCall): void {
    const key = `${path} ${kind} ${code ?? "ok"}`;
    const tally = this.#tallies.get(key) ?? { amount: 0, seconds: [] };
    this.#tallies.set(key, tally);
    tally.amount += 1;
    if (tally.seconds.length < MOST_KEPT) tally.seconds.push(duration_ms / 1000);
  }

  /** All figures as text, and its content type. Throws what reading the ledger throws. */
  async text(): Promise<{ body: string; type: string }> {
    this.#made ??= makeRegistry(this.#sources.version);
    const made = await this.#made;
    this.#settle(made);
    const { rows, bytes, sequence } = await this.#sources.ledger();
    made.rows.reset();
    for (const { gauge, kind, role, amount } of rows) made.rows.set({ gauge, kind, role }, amount);
    made.bytes.set(bytes);
    made.sequence.set(sequence);
    made.connections.set(this.#sources.connections());
    made.subscribers.set(this.#sources.subscribers());
    made.dispatch.set(this.#sources.dispatch() ? 1 : 0);
    return { body: await made.registry.metrics(), type: made.registry.contentType };
  }

  #settle({ calls, durations }: Made): void {
    for (const [key, { amount, seconds }] of this.#tallies) {
      const [operation = "", kind = "", code = ""] = key.split(" ");
      calls.inc({ operation, kind, code }, amount);
      for (const one of seconds) durations.observe({ operation, kind }, one);
    }
    this.#tallies.clear();
  }
}

interface Made {
  registry: Registry;
  calls: Counter;
  durations: Histogram;
  rows: Gauge;
  bytes: Gauge;
  sequence: Gauge;
  connections: Gauge;
  subscribers: Gauge;
  dispatch: Gauge;
}

async function makeRegistry(version: string): Promise<Made> {
  const { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } = await import("prom-client");
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `conveyor_${name}`, help, labelNames, registers });
  gauge("info", "version of the server", ["version"]).set({ version }, 1);
  return {
    registry,
    calls: new Counter({
      name: "conveyor_calls_total",
      help: "calls that have ended, by operation and code; ok where nothing was refused",
      labelNames: ["operation", "kind", "code"],
      registers,
    }),
    durations: new Histogram({
      name: "conveyor_call_duration_seconds",
      help: "how long calls took",
      labelNames: ["operation", "kind"],
      buckets: SECONDS,
      registers,
    }),
    rows: gauge("ledger_rows", "tasks, sessions, commands, unread items and events in the ledger", [
      "gauge",
      "kind",
      "role",
    ]),
    bytes: gauge("ledger_bytes", "size of the ledger"),
    sequence: gauge("ledger_sequence", "last number of the ledger's sequence"),
    connections: gauge("connections", "open connections"),
    subscribers: gauge("subscribers", "live streams"),
    dispatch: gauge("dispatch_alive", "1 while the Dispatch loop of this server runs"),
  };
}

/** `GET /metrics`, behind the token. */
export function metricsRoutes(metrics: Metrics): HttpRoute[] {
  return [
    {
      method: "GET",
      path: "/metrics",
      auth: true,
      async handle(_request, response) {
        const { body, type } = await metrics.text();
        response.writeHead(200, { "content-type": type });
        response.end(body);
      },
    },
  ];
}
