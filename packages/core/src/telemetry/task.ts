import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { type FastTx, telemetryRows, viewRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { telemetryEventOf } from "./filter.ts";
import { telemetrySummary } from "./summary.ts";
import { type AlertFacts, alertsOf } from "./views/alerts.ts";
import { cycleViewOf, ingestPart, keysIn, storagePart, thresholdsOf } from "./views/parts.ts";
import { type TaskNow, taskFacts } from "./views/task-facts.ts";

type View = Output<"telemetry.task">;
type Body = Omit<View, "alerts" | "schema_version" | "liveness" | "task">;

/** What telemetry and records say of one task (spec 07 §7.10.5, Views). Throws `not_found`, `ambiguous`, `usage`. */
export async function task(ctx: Ctx, input: Input<"telemetry.task">): Promise<View> {
  const facts = await taskFacts(ctx, taskNamed(input), input);
  const { body, counted } = await ctx.store.peek((tx) => gather(tx, facts, input.limit));
  const alerts = alertsOf("task_view", { ...counted, ...known(facts), thresholds: thresholdsOf(input) });
  return { ...head(facts), alerts, ...body };
}

/** The same, with a verdict by thresholds. */
export async function checkTask(ctx: Ctx, input: Input<"telemetry.checkTask">): Promise<Output<"telemetry.checkTask">> {
  const facts = await taskFacts(ctx, input.task, input);
  const { body, counted } = await ctx.store.peek((tx) => gather(tx, facts, input.limit));
  const thresholds = thresholdsOf(input);
  const alerts = alertsOf("task_check", { ...counted, ...known(facts), thresholds });
  return { ...head(facts), alerts, checks: { ok: alerts.length === 0, thresholds }, ...body };
}

function taskNamed({ of, task: flag }: Input<"telemetry.task">): string {
  if (of !== undefined && flag !== undefined && of !== flag) {
    throw new ConveyorError("usage", `two tasks are named: ${JSON.stringify(of)} and ${JSON.stringify(flag)}`, {
      hint: "name one of them",
    });
  }
  const named = of ?? flag;
  if (named !== undefined) return named;
  throw new ConveyorError("usage", "no task is named", { hint: "telemetry task TASK" });
}

function head(facts: TaskNow): Pick<View, "schema_version" | "task" | "liveness"> {
  return {
    schema_version: 1,
    task: facts.task as unknown as View["task"],
    liveness: {
      worker_alive: facts.worker?.alive ?? null,
      manager_alive: facts.manager?.alive ?? null,
      latest_cycle_age_seconds: facts.latest_cycle_age_seconds,
      latest_cycle_stale: facts.latest_cycle_stale,
    },
  };
}

function known(facts: TaskNow): Omit<AlertFacts, "thresholds"> {
  return {
    integrity_issues: facts.integrity_issues,
    latest_cycle: facts.latest_cycle,
    latest_cycle_stale: facts.latest_cycle_stale,
    dangling: facts.dangling.length,
    stuck: facts.stuck.length,
    dead_sessions: facts.dead.map(({ name }) => name),
    stale_sessions: facts.stale_sessions,
  };
}

function gather(
  tx: FastTx,
  { task: { id: task_id } }: TaskNow,
  limit: number,
): { body: Body; counted: Omit<AlertFacts, "thresholds"> } {
  const scope = { task_id };
  const cycles = (kind: viewRows.CycleKind, most = limit) =>
    viewRows.cyclesInScope(tx, scope, kind, most).map((row) => cycleViewOf(row, { named: false }));
  const commands = (states: readonly string[] | null) =>
    viewRows.commandsInScope(tx, scope, { states, by: "updated", limit }).map(commandRow);
  const cycles_by_state = viewRows.countRows(tx, "manager_cycles", "state", scope);
  const commands_by_state = viewRows.countRows(tx, "commands", "state", scope);
  const criteria = viewRows.countRows(tx, "acceptance_criteria", "status", scope);
  const ingest = ingestPart(tx, scope, limit);
  const storage = storagePart(tx, task_id);
  const of = (counted: Record<string, number>, ...states: string[]) =>
    states.reduce((sum, state) => sum + (counted[state] ?? 0), 0);
  const total = (counted: Record<string, number>) => of(counted, ...Object.keys(counted));
  const body: Body = {
    cycles: {
      history: cycles("all"),
      counts_by_state: cycles_by_state,
      total: total(cycles_by_state),
      failed: cycles("failed"),
      failed_count: of(cycles_by_state, "failed"),
      last_successful: cycles("succeeded", 1)[0] ?? null,
      pane_capture_failures: cycles("pane_capture_failed"),
      pane_capture_failure_count: viewRows.countCycles(tx, scope, "pane_capture_failed"),
    },
    decisions: {
      recent: viewRows.decisionsForView(tx, task_id, limit).map(({ payload, ...row }) => ({
        ...(row as unknown as Omit<Body["decisions"]["recent"][number], "payload_keys">),
        payload_keys: keysIn(payload),
      })),
    },
    commands: {
      recent: commands(null),
      counts_by_state: commands_by_state,
      failed_count: of(commands_by_state, "failed"),
      total: total(commands_by_state),
    },
    failed_commands: commands(["failed"]),
    criteria: {
      open: viewRows
        .criteriaInScope(tx, scope, ["proposed", "accepted"], limit)
        .map(({ task_id: _task, task_name: _name, ...row }) => row as unknown as Body["criteria"]["open"][number]),
      open_count: of(criteria, "proposed", "accepted"),
      summary: criteria,
      total: total(criteria),
    },
    ingest,
    storage,
    telemetry: {
      recent: telemetryRows
        .matchingEvents(tx, scope, { from: "newest", limit })
        .reverse()
        .map((row) => {
          const { correlation: _ids, attributes: _facts, ...event } = telemetryEventOf(row);
          return event;
        }),
      summary: telemetrySummary(tx, scope, null),
    },
  };
  return {
    body,
    counted: {
      open_accepted: of(criteria, "accepted"),
      unfinished: of(commands_by_state, "pending", "attempted"),
      failed: viewRows.unexpectedFailures(tx, task_id),
      telemetry_errors: viewRows.telemetryErrors(tx, task_id),
      skipped_lines: ingest.skipped_lines,
      ingest_errors: ingest.error_count,
      storage_bytes: storage.total_retained,
    },
  };
}

function commandRow(row: viewRows.ViewRow): Body["failed_commands"][number] {
  const { payload, result, seq: _seq, updated_seq: _updated, task_name: _name, ...columns } = row;
  const keyed = { ...columns, payload_keys: keysIn(payload), result_keys: keysIn(result) };
  return keyed as unknown as Body["failed_commands"][number];
}
