import { operations } from "@conveyor/contracts/registry";
import { canonicalJson } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import { observe } from "../../observation/observed.ts";
import { recordsOf } from "../../shared/agent-records.ts";
import { openObserved } from "../../shared/observed.ts";
import type { World } from "../../testing/world.ts";
import { enqueueNotifyManager, enqueueNudgeWorker } from "../enqueue-message.ts";
import type { Ingest } from "../pass/terms.ts";
import { type PassInput, runDispatch } from "../watch/run.ts";

/** Nothing to read. */
export const noIngest: Ingest = async () => ({ new_events: 0 });

/** One pass as the command makes it, with its defaults. */
export function pass(ctx: Ctx, input: Partial<PassInput> = {}, ingest: Ingest = noIngest) {
  return runDispatch(ctx, operations.dispatch.run.input.parse(input), ingest);
}

/** Queue a message to the worker. */
export function nudge(
  ctx: Ctx,
  task: string,
  message: string,
  more: { correlation_id?: string; max_attempts?: number; required_permission?: string; available_at?: string } = {},
) {
  return enqueueNudgeWorker(ctx, operations.dispatch.enqueueNudgeWorker.input.parse({ task, message, ...more }));
}

/** Queue a message to the manager. */
export function notify(ctx: Ctx, task: string, message: string) {
  return enqueueNotifyManager(ctx, operations.dispatch.enqueueNotifyManager.input.parse({ task, message }));
}

export interface LoopScene {
  run_id: string;
  current_iteration: number;
  max_iterations: number;
  required_before_continue: string[];
}

/** A loop policy of a task. */
export async function loopRun(
  world: Pick<World, "host" | "store">,
  task_id: string,
  policy: Partial<LoopScene> = {},
): Promise<LoopScene> {
  const scene = {
    run_id: world.host.ids.next("run"),
    current_iteration: 1,
    max_iterations: 3,
    required_before_continue: ["adversarial_check"],
    ...policy,
  };
  const { run_id, ...metadata } = scene;
  await world.store.write(async (tx) => {
    await tx.db.runs.create({
      data: {
        id: run_id,
        seq: tx.seq(),
        task_id,
        name: run_id,
        purpose: "ralph_loop",
        status: "finished",
        started_at: tx.now,
        ended_at: tx.now,
        metadata_json: canonicalJson({ kind: "ralph_loop", ...metadata }),
      },
    });
  });
  return scene;
}

/** Queue a request for the next iteration; returns the command's id. */
export async function continuation(
  world: Pick<World, "host" | "store">,
  task_id: string,
  run_id: string,
  requested_iteration: number,
): Promise<string> {
  const id = world.host.ids.next("command");
  await world.store.write(async (tx) => {
    const seq = tx.seq();
    await tx.db.commands.create({
      data: {
        id,
        seq,
        updated_seq: seq,
        idempotency_key: id,
        created_at: tx.now,
        updated_at: tx.now,
        task_id,
        correlation_id: `iteration-${requested_iteration}`,
        type: "continue_iteration",
        state: "pending",
        max_attempts: 3,
        payload_json: canonicalJson({ message: "go on", ralph_loop: { run_id, requested_iteration } }),
      },
    });
  });
  return id;
}

/** A receipt of evidence for an iteration. */
export async function receipt(
  world: World,
  of: {
    task_id: string;
    run_id: string;
    iteration: number;
    type: string;
    status?: string;
    facts?: Record<string, unknown>;
  },
): Promise<void> {
  const { task_id, run_id, iteration, type, status = "satisfied", facts = {} } = of;
  await world.store.write(async (tx) => {
    const seq = tx.seq();
    await tx.db.acceptance_criteria.create({
      data: {
        seq,
        updated_seq: seq,
        task_id,
        criterion: `${type} of ${run_id} ${iteration} ${seq}`,
        status,
        source: "manager_inferred",
        evidence_json: canonicalJson({ evidence_type: type, iteration, ralph_loop_run_id: run_id, ...facts }),
        loop_run_id: run_id,
        loop_iteration: iteration,
        evidence_type: type,
        created_at: tx.now,
        updated_at: tx.now,
      },
    });
  });
}

/** Records that a worker's rollout brought, as ingest stores them. */
export async function events(
  world: World,
  session_id: string,
  records: {
    subtype?: string;
    type?: string;
    timestamp?: string;
    turn_id?: string;
    payload?: Record<string, unknown>;
  }[],
): Promise<number[]> {
  return world.store.write(async (tx) => {
    const ids: number[] = [];
    const session = await tx.db.sessions.findUniqueOrThrow({ where: { id: session_id } });
    const meaning = recordsOf(world.ctx.agents, session);
    const observed = openObserved(session.observation_json, session.codex_session_id);
    for (const { subtype, type = "event_msg", timestamp = tx.now, turn_id, payload = {} } of records) {
      const seq = tx.seq();
      const stored = { type: subtype, turn_id, ...payload };
      const { id } = await tx.db.codex_events.create({
        data: {
          seq,
          session_id,
          timestamp,
          type,
          subtype: subtype ?? null,
          turn_id: turn_id ?? null,
          byte_offset: seq,
          ordinal: seq,
          ingested_at: tx.now,
          payload_json: canonicalJson(stored),
        },
      });
      ids.push(id);
      const columns = { timestamp, type, subtype: subtype ?? null, item_type: null, turn_id: turn_id ?? null };
      const ended = observe(meaning, observed, id, { ...columns, thread_id: null }, stored);
      if (ended !== null) await tx.db.turn_ends.create({ data: { event_id: id, session_id, ...ended } });
    }
    await tx.db.sessions.update({
      where: { id: session_id },
      data: { observation_json: JSON.stringify(observed) },
    });
    return ids;
  });
}

/** A turn from start to end. */
export const turn = (
  turn_id: string,
  end: Record<string, unknown> = { last_agent_message: "done", duration_ms: 12 },
) => [
  { subtype: "task_started", turn_id },
  { subtype: "user_message", turn_id },
  { subtype: "task_complete", turn_id, payload: end },
];

/** All rows of a table, oldest first, straight from the ledger. */
export function rowsOf<Row = Record<string, unknown>>(world: World, sql: string): Promise<Row[]> {
  return world.store.peek((tx) => tx.sql.search(sql).all() as Row[]);
}
