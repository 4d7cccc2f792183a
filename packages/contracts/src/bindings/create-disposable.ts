import { z } from "zod";
import { counter, filePath, label, listOf, NAME_CHARACTERS, newName, nonBlank, printable } from "../bounds.ts";
import { warnings } from "../common.ts";
import { run } from "../loops/entities.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { communication } from "../sessions/entities.ts";
import { taskState } from "../tasks/entities.ts";

const appThread = {
  id: (owner: string) => printable(200).optional().describe(`app thread of the ${owner}`),
  title: (owner: string) => printable(500).optional().describe(`title of the ${owner}'s app thread`),
};

const disposableSession = z.object({
  id: z.string(),
  name: z.string(),
  rollout_path: z.string(),
  tmux_session: z.null(),
  codex_app_thread_id: z.string().nullable(),
  codex_app_thread_title: z.string().nullable(),
  communication,
});

const threadHeartbeat = z.object({
  kind: z.literal("thread_heartbeat"),
  poll_command: z.string().describe("the heartbeat itself, which says what to do next"),
  direct_inbox_command: z.string(),
  prompt: z.string(),
});

/** `create-disposable-binding` (spec 01 §6.11, spec 05 §5.4, spec 06 §6.2). */
export const createDisposable = operation({
  path: "bindings.createDisposable",
  kind: "mutation",
  summary: "Bind two app threads, which have no terminal, to a task, with an optional loop policy",
  ledger: "create",
  refuses: [...BY_NAME, "conflict", "side_effect_failed", "terminal_state"],
  cli: {
    command: "create-disposable-binding",
    place: 30,
    prints: "text",
    notes: `For visible app threads prefer the template app_visible_build_loop or a custom --adversarial gate. Templates with a
clean-up gate (build_then_clear, compact_then_continue) need a fresh worker context or a real clean-up receipt per
iteration. This command never creates or messages an app thread.`,
    examples: [
      "create-disposable-binding auth --template app_visible_build_loop",
      "create-disposable-binding auth --worker-codex-app-thread-id thr_1 --manager-codex-app-thread-id thr_2 --adversarial",
    ],
  },
  input: z.object({
    task: cli(newName(), { position: 0, placeholder: "task" }).describe("task by name or id; created when unknown"),
    goal: nonBlank.optional().describe("goal of a task that is created"),
    summary: nonBlank.optional().describe("short description of a task that is created"),
    worker: newName(128).optional().describe("name of the worker session; default: <task>-worker"),
    manager: newName(128).optional().describe("name of the manager session; default: <task>-manager"),
    worker_codex_app_thread_id: appThread.id("worker"),
    worker_codex_app_thread_title: appThread.title("worker"),
    manager_codex_app_thread_id: appThread.id("manager"),
    manager_codex_app_thread_title: appThread.title("manager"),
    session_dir: cli(filePath, { path: true, placeholder: "dir" })
      .optional()
      .describe("folder for the rollout files; default: disposable-sessions beside the ledger"),
    cwd: cli(filePath, { path: true, placeholder: "dir", caller_folder: true }).describe(
      "folder the sessions work in, which need not exist; default: the current one",
    ),
    template: label.optional().describe("loop template, built in or imported"),
    required_before_continue: listOf(z.string().max(NAME_CHARACTERS))
      .default([])
      .describe("evidence type that every further iteration needs, added to those of the template"),
    adversarial: z.boolean().default(false).describe("also require the evidence adversarial_check"),
    max_iterations: counter.min(1).optional().describe("iterations at most; default: the template's, else 2"),
    current_iteration: counter.default(1).describe("iteration that the loop stands at"),
    cleanup_policy: printable(100)
      .optional()
      .describe("clean-up between iterations of a custom policy; default: clear"),
    run_name: newName(300).optional().describe("name of the loop run; default: made from task and time"),
    seed_prompt_sha256: printable(200).optional().describe("hash of the exact seed prompt, kept with the policy"),
  }),
  output: z.object({
    task: z.object({ id: z.string(), name: z.string(), state: taskState, created: z.boolean() }),
    binding: z.object({ id: z.string() }),
    db_path: z.string(),
    worker: disposableSession,
    manager: disposableSession,
    run: run.nullable(),
    replay_commands: z.array(z.string()),
    heartbeat_recommendations: z.object({
      applies_when: z.object({
        session_kind: z.literal("codex_app"),
        receive_style: z.literal("pull"),
        delivery_mode: z.literal("pull_required"),
        can_receive_push: z.literal(false),
      }),
      interval_minutes: z.int(),
      note: z.string(),
      status_command: z.string(),
      wakeup_plan_command: z.string(),
      wakeup_dispatch_command: z.string(),
      delivery_receipt_commands: z.object({
        sent: z.string(),
        skipped: z.string(),
        blocked: z.string(),
        note: z.string(),
      }),
      manager: threadHeartbeat,
      worker: threadHeartbeat,
      teardown_policy: z.object({
        owner: z.literal("manager_or_operator"),
        idle_poll: z.string(),
        terminal_closeout: z.string(),
        terminal_closeout_command: z.string(),
        worker_rule: z.string(),
      }),
    }),
    worker_handoff: z.string().describe("prompt with which the worker's thread is started"),
    warnings,
  }),
});
