import { z } from "zod";
import { printable } from "../bounds.ts";

/** The id of an app thread, as callers give it. */
export const threadId = printable(200);
export const threadTitle = printable(500);

/** Exactly whom a rotation is about, so that nothing else is archived. */
export const rotationGuard = z.object({
  role: z.literal("worker"),
  task_id: z.string(),
  binding_id: z.string(),
  active_binding: z.boolean(),
  worker_session_id: z.string(),
  worker_state: z.string(),
  manager_session_id: z.string(),
  manager_thread_id: z.string().nullable(),
  expected_old_worker_thread_id: z.string().describe("the thread that is to be replaced, as it was named"),
  exact_thread_match: z.boolean().describe("the bound worker lives in exactly that thread"),
  require_handoff: z.boolean(),
});
export type RotationGuard = z.infer<typeof rotationGuard>;

/** The worker's thread before a rotation. */
export const oldWorker = z.object({
  session_id: z.string(),
  name: z.string(),
  codex_app_thread_id: z.string().nullable(),
  codex_app_thread_title: z.string().nullable(),
});
