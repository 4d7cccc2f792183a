import type { Input, Output, RotationAction, RotationGuard } from "@conveyor/contracts";
import { canonicalJson } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { type BoundPair, openPair } from "./pair.ts";
import { pairCommands } from "./prompts/commands.ts";
import type { Rotation } from "./prompts/facts.ts";
import { promptText } from "./prompts.ts";
import { rotationBlockers, rotationGuardOf } from "./rotation/blockers.ts";
import { latestHandoff, rotationFacts } from "./rotation/facts.ts";

const EVENT_TYPE = "app_worker_rotation_planned";

/**
 * `app-worker-rotation-plan`: what is to be done so that a worker goes on in a fresh app thread, or why that may not be
 * (spec 06 §6.2). Creates and archives nothing; each call is a new receipt. Throws `not_found`, `ambiguous`,
 * `no_active_binding`, `terminal_state`.
 */
export async function planRotation(
  ctx: Ctx,
  input: Input<"autonomy.planRotation">,
): Promise<Output<"autonomy.planRotation">> {
  const { old_worker_thread_id, require_handoff } = input;
  const reason = input.reason ?? null;
  return ctx.store.write(async (tx) => {
    const pair = openPair(ctx, tx, input.task);
    const { task, worker } = pair;
    const latest = await latestHandoff(tx, task.id);
    const facts = await rotationFacts(tx, pair, latest, { old_worker_thread_id, require_handoff });
    const blockers = rotationBlockers(facts);
    const eligible = blockers.length === 0;
    const guard = rotationGuardOf(facts);
    const actions = eligible ? actionsOf(ctx, pair, guard, { reason, handoff: latest }) : [];
    const event_id = tx.tell(EVENT_TYPE, {
      severity: eligible ? "info" : "warning",
      summary: `fresh thread for the worker of task ${task.name}: ${eligible ? "ready" : blockers.join(", ")}`,
      task_id: task.id,
      correlation: { command: "app-worker-rotation-plan", old_worker_thread_id },
      attributes: {
        actions: actions.map(({ status, type, thread }) => ({ status, type, thread_id: thread.id })),
        blockers,
        eligible,
        handoff_id: latest?.id ?? null,
        old_worker_thread_id,
        reason,
      },
    });
    await tx.db.worker_rotations.create({
      data: {
        id: event_id,
        seq: tx.seq(),
        task_id: task.id,
        binding_id: pair.binding_id,
        worker_session_id: worker.id,
        kind: "planned",
        eligible,
        blockers_json: canonicalJson(blockers),
        require_handoff,
        handoff_id: latest?.id ?? null,
        old_worker_thread_id,
        reason,
        recorded_at: tx.now,
      },
    });
    const commands = pairCommands(ctx.settings, { task: task.name, dispatcher_id: null });
    return {
      task: { id: task.id, name: task.name },
      eligible,
      blockers,
      guard,
      actions,
      handoff: latest && withoutSeq(latest),
      old_worker: oldWorkerOf(pair),
      record_command: eligible ? commands.record_rotation(old_worker_thread_id, event_id) : null,
      receipt: { event_id, event_type: EVENT_TYPE, recorded_at: tx.now },
    };
  });
}

/** The worker of a pair with its thread as it is. Pure. */
export function oldWorkerOf({ worker }: BoundPair): Output<"autonomy.planRotation">["old_worker"] {
  const { id, name, codex_app_thread_id, codex_app_thread_title } = worker;
  return { session_id: id, name, codex_app_thread_id, codex_app_thread_title };
}

function withoutSeq<Row extends { seq: number }>({ seq: _seq, ...row }: Row): Omit<Row, "seq"> {
  return row;
}

function actionsOf(
  { settings }: Ctx,
  { task, worker, manager }: BoundPair,
  guard: RotationGuard,
  rotation: Rotation,
): RotationAction[] {
  const common = { role: "worker", guard, send_ready: true } as const;
  const { codex_app_thread_id: id, codex_app_thread_title: title } = worker;
  const prompt = promptText("replacement_worker", settings, {
    ...{ task: task.name, worker: worker.name, manager: manager.name },
    ...{ run: null, dispatcher_id: null, rotation },
  });
  return [
    {
      type: "create_replacement_worker_thread",
      status: "ready_to_create",
      ...common,
      thread: { id: null, title: `${title ?? `${task.name} worker`} fresh` },
      prompt,
    },
    { type: "archive_old_worker_thread", status: "ready_to_archive", ...common, thread: { id, title } },
  ];
}
