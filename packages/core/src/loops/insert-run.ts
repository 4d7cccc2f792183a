import type { Run } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { canonicalJson, type loopRows, type ReadTx, type WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";

/** A stored run as users see it. */
export function runOf({ seq: _seq, metadata_json, status, ...row }: loopRows.RunRow): Run {
  return { ...row, status: status as Run["status"], metadata: JSON.parse(metadata_json) as Run["metadata"] };
}

/** The task's active run, or null; at most one exists (spec 01 §3). */
export async function activeRunOf(tx: ReadTx, task_id: string): Promise<Run | null> {
  const row = await tx.db.runs.findFirst({ where: { task_id, status: "active" } });
  return row && runOf(row);
}

export interface NewRun {
  task: { id: string; name: string };
  name: string;
  purpose: string;
  /** A policy is born finished; it only carries its metadata. */
  status: "active" | "finished";
  metadata: Record<string, unknown>;
  /** The command that makes it. */
  source: string;
}

/**
 * Write a run with `run_created`. Throws `conflict` when a living run has this name, or the task has an active run and
 * this would be another one (spec 05 §2.1).
 */
export async function insertRun(ctx: Ctx, tx: WriteTx, wanted: NewRun): Promise<Run> {
  const { task, name, purpose, status, metadata, source } = wanted;
  await assertFree(tx, wanted);
  const row = await tx.db.runs.create({
    data: {
      id: ctx.host.ids.next("run"),
      seq: tx.seq(),
      task_id: task.id,
      name,
      purpose,
      status,
      started_at: tx.now,
      ended_at: status === "active" ? null : tx.now,
      metadata_json: canonicalJson(metadata),
    },
  });
  const kind = metadata["kind"] as string | null | undefined;
  tx.tell("run_created", {
    task_id: task.id,
    run_id: row.id,
    summary: `run ${name} of task ${task.name} created`,
    correlation: { run_id: row.id },
    attributes: { source, kind },
    payload: { run_id: row.id, source, kind },
  });
  return runOf(row);
}

async function assertFree(tx: ReadTx, { task, name, status }: NewRun): Promise<void> {
  const active = status === "active" ? await activeRunOf(tx, task.id) : null;
  if (active !== null) {
    throw new ConveyorError("conflict", `task ${JSON.stringify(task.name)} already has the active run ${active.name}`, {
      hint: "finish the task or end that run first",
      details: { kind: "run", run_id: active.id, task_id: task.id },
    });
  }
  const named = await tx.db.runs.findMany({ where: { name } });
  const living = named.find((row) => row.status === "active" || isOpenPolicy(row));
  if (living === undefined) return;
  throw new ConveyorError("conflict", `a run is already called ${JSON.stringify(name)} (${living.id})`, {
    hint: "choose another name with --run-name",
    details: { kind: "run", run_id: living.id },
  });
}

function isOpenPolicy({ purpose, metadata_json }: loopRows.RunRow): boolean {
  const { closed_at = null } = JSON.parse(metadata_json) as { closed_at?: unknown };
  return purpose === "ralph_loop" && closed_at === null;
}
