import type { Input, Output } from "@conveyor/contracts";
import { type FastTx, telemetryRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { filterOf } from "./filter.ts";

type Group = telemetryRows.TelemetryGroup;

/** All matching events, counted (spec 07 §7.10.5, Summary). Throws `not_found`, `ambiguous`. */
export async function summary(ctx: Ctx, input: Input<"telemetry.summary">): Promise<Output<"telemetry.summary">> {
  return ctx.store.peek((tx) => telemetrySummary(tx, filterOf(ctx, tx, input), input.limit ?? null));
}

/** The same of one view of the ledger; of more than `limit` only the oldest, null counts all. */
export function telemetrySummary(
  tx: FastTx,
  filter: telemetryRows.TelemetryFilter,
  limit: number | null,
): Output<"telemetry.summary"> {
  const groups = telemetryRows.groupTelemetry(tx, filter, limit);
  const first = groups.reduce<Group | undefined>((a, b) => (a !== undefined && a.first <= b.first ? a : b), undefined);
  const last = groups.reduce<Group | undefined>((a, b) => (a !== undefined && a.last >= b.last ? a : b), undefined);
  return {
    total: groups.reduce((sum, { amount }) => sum + amount, 0),
    by_actor: countBy(groups, "actor"),
    by_event_type: countBy(groups, "event_type"),
    by_severity: countBy(groups, "severity"),
    first_timestamp: first === undefined ? null : telemetryRows.telemetryTime(tx, first.first),
    last_timestamp: last === undefined ? null : telemetryRows.telemetryTime(tx, last.last),
    run_id: filter.run_id ?? onlyOne(groups.flatMap(({ least_run, greatest_run }) => [least_run, greatest_run])),
    task_id: filter.task_id ?? onlyOne(groups.flatMap(({ least_task, greatest_task }) => [least_task, greatest_task])),
  };
}

function countBy(groups: readonly Group[], key: "actor" | "event_type" | "severity"): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const group of groups) counts[group[key]] = (counts[group[key]] ?? 0) + group.amount;
  return counts;
}

/** The value that occurs if there is just one; events without any do not count. */
function onlyOne(values: readonly (string | null)[]): string | null {
  const occurring = new Set(values.filter((value) => value !== null));
  return occurring.size === 1 ? ([...occurring][0] ?? null) : null;
}
