import { z } from "zod";
import { nonBlank, reference } from "../bounds.ts";
import { taskArgument, taskRefObject } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { wakeReceipt } from "./entities.ts";
import { oldWorker, rotationGuard, threadId, threadTitle } from "./rotation.ts";

const archiveStatus = z.enum(["archived", "blocked"]);

/** `app-worker-rotation-record` (spec 06 §6.2). */
export const recordRotation = operation({
  path: "autonomy.recordRotation",
  kind: "mutation",
  summary: "Record that a worker goes on in a fresh app thread, or that it could not",
  ledger: "write",
  refuses: [...BY_NAME, "no_active_binding", "terminal_state", "conflict"],
  cli: {
    command: "app-worker-rotation-record",
    place: 110,
    prints: "text",
    notes: `archived moves the worker's session to the new thread, whose lease is missing until it shows itself. blocked leaves the
session as it is. Everything that app-worker-rotation-plan looked at is looked at again.`,
    examples: [
      "app-worker-rotation-record auth --old-worker-thread-id thr_1 --new-worker-thread-id thr_2 --archive-status archived",
      'app-worker-rotation-record auth --old-worker-thread-id thr_1 --new-worker-thread-id thr_2 --archive-status blocked --reason "the app refused"',
    ],
  },
  input: z.object({
    task: taskArgument,
    old_worker_thread_id: threadId.describe("the thread that was to be replaced"),
    new_worker_thread_id: threadId.describe("the thread that was created for it"),
    new_worker_thread_title: threadTitle.optional().describe("title of that thread"),
    archive_status: archiveStatus.describe("whether the old thread was archived"),
    plan_receipt: reference
      .optional()
      .describe("receipt.event_id of the plan that this follows; what it required then holds here"),
    reason: nonBlank.optional().describe("why it was done, or why it could not be"),
  }),
  output: z.object({
    task: taskRefObject,
    archive: z.object({ old_worker_thread_id: z.string(), status: archiveStatus }),
    guard: rotationGuard,
    old_worker: oldWorker,
    new_worker: z.object({
      session_id: z.string(),
      codex_app_thread_id: z.string(),
      codex_app_thread_title: z.string().nullable(),
      session_updated: z.boolean().describe("the worker's session is in that thread now"),
    }),
    receipt: wakeReceipt("app_worker_rotation_recorded"),
  }),
});
