import { z } from "zod";
import { nonBlank } from "../bounds.ts";
import { taskArgument, taskRefObject, timestamp } from "../common.ts";
import { content } from "../content.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { thread, wakeReceipt } from "./entities.ts";
import { oldWorker, rotationGuard, threadId } from "./rotation.ts";
import { ROTATION_BLOCKERS } from "./words.ts";

const common = { role: z.literal("worker"), guard: rotationGuard, send_ready: z.literal(true), thread };

const rotationAction = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("create_replacement_worker_thread"),
    status: z.literal("ready_to_create"),
    ...common,
    prompt: content(z.string()).describe("with which the new thread is started"),
  }),
  z.object({
    type: z.literal("archive_old_worker_thread"),
    status: z.literal("ready_to_archive"),
    ...common,
  }),
]);
export type RotationAction = z.infer<typeof rotationAction>;

/** `app-worker-rotation-plan` (spec 06 §6.2). */
export const planRotation = operation({
  path: "autonomy.planRotation",
  kind: "mutation",
  summary: "Prepare a fresh app thread for a worker, and leave a receipt",
  ledger: "write",
  refuses: [...BY_NAME, "no_active_binding", "terminal_state"],
  shows_content: true,
  cli: {
    command: "app-worker-rotation-plan",
    place: 100,
    prints: "text",
    notes: `Creates and archives nothing. A blocked plan is an answer like any other: eligible is false, and blockers say why. Archive
only the thread that the plan names, then run its record_command.`,
    examples: ["app-worker-rotation-plan auth --old-worker-thread-id thr_1 --require-handoff --json"],
  },
  input: z.object({
    task: taskArgument,
    old_worker_thread_id: threadId.describe("the thread that is to be replaced; must be exactly the bound worker's"),
    require_handoff: z
      .boolean()
      .default(false)
      .describe("only with a handoff of this worker that is newer than its last rotation"),
    reason: nonBlank.optional().describe("why; default: a fresh context"),
  }),
  output: z.object({
    task: taskRefObject,
    eligible: z.boolean(),
    blockers: z.array(z.enum(ROTATION_BLOCKERS)),
    guard: rotationGuard,
    actions: z.array(rotationAction).describe("in the order in which they are done; none when it is blocked"),
    handoff: z
      .object({
        id: z.int(),
        worker_session_id: z.string().nullable(),
        summary: content(z.string()),
        next_steps: content(z.array(z.string()), "record"),
        created_at: timestamp,
      })
      .nullable()
      .describe("the task's latest"),
    old_worker: oldWorker,
    record_command: z.string().nullable().describe("with open places for the new thread; null when it is blocked"),
    receipt: wakeReceipt("app_worker_rotation_planned"),
  }),
});
