import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { csvCell } from "../print/csv.ts";
import { lines } from "../print/text.ts";

type Metrics = Output<"telemetry.metrics">;
type Spreads = [name: string, spread: Metrics["latencies"]["created_to_delivered"]][];

const PERCENTILES = ["p50_ms", "p90_ms", "p99_ms", "max_ms"] as const;

function spreadsOf({ latencies: { cycle_phases, ...messages } }: Metrics): Spreads {
  return [
    ...Object.entries(messages),
    ...Object.entries(cycle_phases).map(([phase, spread]) => [`cycle_${phase}`, spread] as Spreads[number]),
  ];
}

function metricsText(metrics: Metrics): string {
  const { window, counters, rollups, groups = [] } = metrics;
  const rate = rollups.cycle_success_rate;
  return lines(
    `window: ${window.label}`,
    `events: ${counters.telemetry_events.total}`,
    `cycles that succeeded: ${rate === null ? "none ran" : `${(rate * 100).toFixed(1)} %`}`,
    `skipped lines: ${counters.ingest.skipped_lines}`,
    spreadsOf(metrics)
      .filter(([, { count }]) => count > 0)
      .map(([name, { count, p50_ms, p90_ms, p99_ms }]) =>
        [`${name.replaceAll("_", " ")}:`, `p50 ${p50_ms} ms,`, `p90 ${p90_ms} ms,`, `p99 ${p99_ms} ms (${count})`].join(
          " ",
        ),
      ),
    groups.map(({ key, telemetry_events, errors, commands, failed_commands }) =>
      [key, `events=${telemetry_events}`, `errors=${errors}`, `commands=${commands}`, `failed=${failed_commands}`].join(
        "\t",
      ),
    ),
  );
}

/** The groups as a table; without groups every number with its name. */
function metricsCsv(metrics: Metrics): string {
  const { groups } = metrics;
  if (groups !== undefined) {
    const heads = [
      "key",
      "telemetry_events",
      "errors",
      "commands",
      "failed_commands",
      "cycles",
      "failed_cycles",
    ] as const;
    return lines(
      heads.join(","),
      groups.map((row) => heads.map((head) => csvCell(row[head])).join(",")),
    );
  }
  return lines(
    "metric,value",
    samplesOf(metrics).map(([name, labels, value]) => {
      const words = [name, ...Object.values(labels)].join(".");
      return `${csvCell(words)},${value}`;
    }),
  );
}

type Sample = [name: string, labels: Record<string, string>, value: number];

/** Every number of the answer, by a name and what tells it apart. */
function samplesOf(metrics: Metrics): Sample[] {
  const { counters, rollups, gauges } = metrics;
  const by = (name: string, label: string, counts: Readonly<Record<string, number>>): Sample[] =>
    Object.entries(counts).map(([key, n]) => [name, { [label]: key }, n]);
  const by_type = (name: string, types: Readonly<Record<string, Record<string, number>>>): Sample[] =>
    Object.entries(types).flatMap(([type, states]) =>
      Object.entries(states).map(([state, n]): Sample => [name, { type, state }, n]),
    );
  return [
    ...Object.entries(counters.telemetry_events.by_actor_event_type_severity).flatMap(([actor, types]) =>
      Object.entries(types).flatMap(([event_type, severities]) =>
        Object.entries(severities).map(
          ([severity, n]): Sample => ["telemetry_events", { actor, event_type, severity }, n],
        ),
      ),
    ),
    ...by("cycles", "state", {
      started: counters.cycles.started,
      succeeded: counters.cycles.succeeded,
      failed: counters.cycles.failed,
    }),
    ...by("ingest", "what", counters.ingest),
    ...by("pane_captures", "outcome", counters.pane_capture),
    ["exports", {}, counters.exports.total],
    ...by_type("commands", rollups.commands_by_type),
    ...by_type("command_attempts", rollups.command_attempts_by_type),
    ...spreadsOf(metrics).flatMap(([step, spread]): Sample[] =>
      PERCENTILES.flatMap((key) => {
        const value = spread[key];
        return value === null ? [] : [["latency_ms", { step, quantile: key.replace(/_ms$/, "") }, value] as Sample];
      }),
    ),
    ["active_tasks", {}, gauges.active_tasks],
    ...by("active_sessions", "role", gauges.active_sessions.by_role),
    ...by("criteria", "status", gauges.criteria.by_status),
    ...by("drift", "kind", {
      dead_pid_sessions: gauges.reconcile.dead_pid_sessions,
      dangling_bindings: gauges.reconcile.dangling_bindings,
      stuck_tasks: gauges.reconcile.stuck_tasks,
    }),
    ...by("storage_bytes", "what", gauges.storage_bytes),
  ];
}

/** In the text format of Prometheus. All are gauges: a counter there never falls, and these are of a window. */
function metricsPrometheus(metrics: Metrics): string {
  const samples = samplesOf(metrics);
  const names = [...new Set(samples.map(([name]) => name))];
  return lines(
    names.flatMap((name) => [
      `# TYPE conveyor_window_${name} gauge`,
      ...samples
        .filter(([of]) => of === name)
        .map(([, labels, value]) => {
          const told = Object.entries(labels).map(([key, word]) => `${key}=${JSON.stringify(word)}`);
          return `conveyor_window_${name}${told.length === 0 ? "" : `{${told.join(",")}}`} ${value}`;
        }),
    ]),
  );
}

const FORMATS = { text: metricsText, csv: metricsCsv, prometheus: metricsPrometheus } as const;

/** `telemetry metrics`: in words, as a table, or in the text format of Prometheus (spec 07 §7.13 item 6). */
export const metrics = presents("telemetry.metrics", {
  text: (answer, view) => FORMATS[(view.input["format"] ?? "text") as keyof typeof FORMATS](answer),
});
