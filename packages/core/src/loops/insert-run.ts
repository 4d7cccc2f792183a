import type { Run } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { canonicalJson, type loopRows, type ReadTx, type WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { parsed } from "../shared/parsed.ts";
import { isClosed, isLoopRun } from "./policy.ts";

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
  purpose: string | null;
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
  const kind = typeof metadata["kind"] === "string" ? metadata["kind"] : null;
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

/**
 * The living run of this name when it has the same content, so that asking twice for it makes one (spec 05 §2.1); null when
 * there is none of that name, or it has other content. How far a loop has got is no part of its content.
 */
export async function sameLivingRun(tx: ReadTx, wanted: NewRun): Promise<Run | null> {
  const living = await livingRunOf(tx, wanted.name);
  if (living === null || living.task_id !== wanted.task.id || living.purpose !== wanted.purpose) return null;
  return contentOf(parsed(living.metadata_json)) === contentOf(wanted.metadata) ? runOf(living) : null;
}

/** What a run was made with; what happens in it later is written into the same object. */
function contentOf(metadata: unknown): string {
  const { current_iteration: _moves, conflict_state: _counts, ...others } = metadata as Record<string, unknown>;
  return canonicalJson(others);
}

async function assertFree(tx: ReadTx, { task, name, status }: NewRun): Promise<void> {
  const active = status === "active" ? await activeRunOf(tx, task.id) : null;
  if (active !== null) {
    throw new ConveyorError(
      "conflict",
      `task ${JSON.stringify(task.name)} already has the active run ${active.name} (${active.id})`,
      {
        hint: "finish the task or end that run first",
        details: { kind: "run", run_id: active.id, task_id: task.id },
      },
    );
  }
  const living = await livingRunOf(tx, name);
  if (living === null) return;
  throw new ConveyorError("conflict", `a run is already called ${JSON.stringify(name)} (${living.id})`, {
    hint: "choose another name for it",
    details: { kind: "run", run_id: living.id },
  });
}

/** The run that keeps a name to itself: an active one, or a loop that was not closed in a task that goes on. */
async function livingRunOf(tx: ReadTx, name: string): Promise<loopRows.RunRow | null> {
  const named = await tx.db.runs.findMany({ where: { name }, include: { task: { select: { state: true } } } });
  const living = named.find(({ task, ...row }) => row.status === "active" || (isLoopRun(row) && !isOver(row, task)));
  if (living === undefined) return null;
  const { task: _task, ...row } = living;
  return row;
}

function isOver(row: loopRows.RunRow, task: { state: string }): boolean {
  return isClosed(row) || isTaskOver(task.state);
}

const CLOSED_TASK_STATES: ReadonlySet<string> = new Set(["done", "failed"]);

/** Whether nothing further happens in a task, so that none of its loops goes on. */
export function isTaskOver(task_state: string): boolean {
  return CLOSED_TASK_STATES.has(task_state);
}
