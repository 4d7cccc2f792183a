import { operations } from "@conveyor/contracts";
import { add as addCriterion } from "../criteria/add.ts";
import { satisfy } from "../criteria/change.ts";
import { record as recordDecision } from "../decisions/record.ts";
import { enqueueNudgeWorker } from "../dispatch/enqueue-message.ts";
import { run as runDispatch } from "../dispatch/run.ts";
import { acknowledge } from "../inbox/acknowledge.ts";
import { takeWorker } from "../inbox/take.ts";
import { cycle } from "../observation/cycle.ts";
import { finish } from "../tasks/finish.ts";
import type { World } from "./world.ts";

/** Words that no export, log or page may show unless it was asked for. */
export const PRIVATE_WORDS = { message: "a private instruction", screen: "a private screen" } as const;

/**
 * A task with one of everything that a task's records can hold: criterion, instruction, delivery, answer, cycle, decision,
 * capture with a segment, finish. The message and the screen are private.
 */
export async function story(world: World, name = "story") {
  const { task } = await world.pair({ task: name });
  const { affected_criterion } = await addCriterion(
    world.ctx,
    operations.criteria.add.input.parse({
      task: name,
      criterion: "Parser rejects empty input",
      source: "user_requested",
      status: "accepted",
    }),
  );
  await enqueueNudgeWorker(world.ctx, { task: name, message: PRIVATE_WORDS.message, max_attempts: 3 });
  await runDispatch(world.ctx, { limit: 10, dispatcher_id: "d1", lease_seconds: 60, dry_run: false, no_ingest: false });
  await takeWorker(world.ctx, { task: name, wait: false, timeout: 0, interval: 2, limit: 10 });
  const payload = { summary: "understood", text: PRIVATE_WORDS.message };
  const [item] = await world.store.read((tx) => tx.db.routed_notifications.findMany({ where: { task_id: task.id } }));
  await acknowledge(world.ctx, {
    task: name,
    notification_id: item?.id ?? 0,
    role: "worker",
    status: "accepted",
    payload,
  });
  await captureScreen(world, task.id);
  const { cycle_id } = await cycle(world.ctx, { task: name, busy_wait_seconds: 90 });
  await recordDecision(world.ctx, { task: name, decision: "stop", reason: "it is proven", cycle_id });
  await satisfy(world.ctx, { task: name, criterion_id: affected_criterion.id, proof: "npm test" });
  await finish(
    world.ctx,
    operations.tasks.finish.input.parse({ task: name, reason: "merged", require_criteria_audit: true }),
  );
  return task;
}

/** A capture of the worker's screen and the segment made of it, as `transcript-capture` writes them. */
function captureScreen(world: World, task_id: string) {
  return world.store.write(async (tx) => {
    const text = PRIVATE_WORDS.screen;
    const sizes = { byte_count: text.length, line_count: 1 };
    const hash = "0".repeat(64);
    const { id } = await tx.db.terminal_captures.create({
      data: {
        ...{ seq: tx.seq(), task_id, role: "worker", tmux_session: "story-worker", captured_at: tx.now },
        ...{ history_lines: 100, content_sha256: hash, content: text, classifier_json: "{}", ...sizes },
        source: "transcript_capture",
      },
    });
    await tx.db.transcript_segments.create({
      data: {
        ...{ seq: tx.seq(), task_id, role: "worker", source_capture_id: id, captured_at: tx.now, created_at: tx.now },
        ...{ content_sha256: hash, segment_text: text, segment_start_line: 1, segment_end_line: 1, ...sizes },
        ...{ retention_class: "hot", segment_kind: "snapshot" },
      },
    });
  });
}
