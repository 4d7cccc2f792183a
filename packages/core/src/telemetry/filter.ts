import type { TelemetryEvent, TelemetryFilterInput } from "@conveyor/contracts";
import { decodeRow, type FastTx, type telemetryRows } from "@conveyor/store";
import { sinceInstant } from "../audit/show.ts";
import type { Ctx } from "../ctx.ts";
import { resolveRun, resolveTask } from "../shared/references.ts";

/** The filter as the ledger knows it: names resolved, the window as an instant. Throws `not_found`, `ambiguous`. */
export function filterOf(
  ctx: Ctx,
  tx: FastTx,
  input: TelemetryFilterInput & { window?: string | undefined },
): telemetryRows.TelemetryFilter {
  const { task, run, window, actor, event_type, severity, search } = input;
  return {
    actor,
    event_type,
    severity,
    search,
    task_id: task === undefined ? undefined : resolveTask(tx, task).id,
    run_id: run === undefined ? undefined : resolveRun(tx, run).id,
    since: sinceInstant(window, ctx.host.clock.now()),
  };
}

/** A stored event as its contract describes it. */
export function telemetryEventOf(row: telemetryRows.TelemetryRow): TelemetryEvent {
  return decodeRow(row) as unknown as TelemetryEvent;
}
