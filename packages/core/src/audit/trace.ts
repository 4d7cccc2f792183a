import type { Input, Output, TraceEntry } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { type FastTx, lookups, type telemetryRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { commandLine } from "../shared/command-line.ts";
import { redact } from "../shared/redaction.ts";
import { resolveTask } from "../shared/references.ts";
import type { AuditRow } from "./sections.ts";
import { ENTRY_MAKERS } from "./timeline/kinds.ts";
import { latenciesOf } from "./trace/latencies.ts";
import { loadTrace, type Trace } from "./trace/load-trace.ts";

/** The kinds of rows in a trace that `replay` tells as well, in its words. */
const TOLD_BY_REPLAY = [
  "commands",
  "command_attempts",
  "routed_notifications",
  "notification_acknowledgements",
  "manager_decisions",
  "manager_cycles",
] as const;

/**
 * `trace`: everything with one correlation id, in the order of the ledger's sequence, with how long each message took
 * (spec 03 §13 item 4). Content is redacted unless asked for, telemetry always. Throws `not_found` when nothing bears the
 * id, or for an unknown task, and `ambiguous`. `loadTrace` says what bounds it.
 */
export async function trace(ctx: Ctx, input: Input<"audit.trace">): Promise<Output<"audit.trace">> {
  return ctx.store.read(async (tx) => {
    const wanted = input.task === undefined ? undefined : resolveTask(tx, input.task);
    const trace = await loadTrace(tx, input.correlation_id, wanted?.id);
    const entries = entriesOf(trace, input);
    if (entries.length === 0) throw unknownId(ctx, input, wanted?.name);
    return {
      correlation_id: input.correlation_id,
      tasks: taskRefs(tx, trace.task_ids),
      entries,
      entry_count: entries.length,
      truncated: trace.truncated,
      latencies: latenciesOf(trace),
      correlation_chains: trace.correlation_chains.map((chain) => ({ ...chain })),
    };
  });
}

function entriesOf(trace: Trace, { include_content }: Input<"audit.trace">): TraceEntry[] {
  const told = TOLD_BY_REPLAY.flatMap((section) => {
    const rows = include_content ? trace[section] : (redact(trace[section]) as (typeof trace)[typeof section]);
    return rows.map((row) => {
      const { content: _none, details, ...shown } = ENTRY_MAKERS[section].make(row);
      // A cycle carries all that the manager saw; here it is a step on the way.
      return { ...shown, details: section === "manager_cycles" ? details : row };
    });
  });
  const telemetry = (redact(trace.telemetry_events) as AuditRow[]).map(telemetryEntry);
  return [...told, ...telemetry].sort((a, b) => a.seq - b.seq);
}

function telemetryEntry(row: AuditRow): TraceEntry {
  const event = row as AuditRow & Omit<telemetryRows.NumberedTelemetryRow, "correlation_json" | "attributes_json">;
  return {
    seq: event.seq,
    timestamp: event.timestamp,
    actor: event.actor,
    kind: "telemetry",
    source: "telemetry_events",
    source_id: event.id,
    summary: `${event.event_type}: ${event.summary}`,
    details: row,
  };
}

function taskRefs(tx: FastTx, task_ids: readonly string[]) {
  return task_ids.flatMap((task_id) => {
    const task = lookups.taskById(tx, task_id);
    return task === undefined ? [] : [{ id: task.id, name: task.name }];
  });
}

function unknownId(ctx: Ctx, { correlation_id }: Input<"audit.trace">, task: string | undefined): ConveyorError {
  const where = task === undefined ? "" : ` in task ${task}`;
  const list = commandLine(ctx.settings, ["commands"], { task, json: true });
  return new ConveyorError("not_found", `nothing bears the correlation id ${JSON.stringify(correlation_id)}${where}`, {
    hint: `\`${list}\` shows the ids of ${task === undefined ? "commands" : "its commands"}`,
    details: { kind: "correlation_id", correlation_id, task: task ?? null },
  });
}
