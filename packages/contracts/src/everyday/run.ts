import { z } from "zod";
import { listOf, nonBlank, waitSeconds } from "../bounds.ts";
import { warnings } from "../common.ts";
import { content } from "../content.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME, TYPING } from "../refusals.ts";
import { codexFields, cwd, spawnName, startedSession, TRUST_NOTE } from "../startup/entities.ts";

/** The longest name of a task whose sessions are named after it. */
const RUN_NAME_CHARACTERS = 48;

/** How the first turn of a run stands when the command returns. */
export const firstTurn = z.enum(["not_followed", "running", "completed", "failed", "interrupted", "waiting", "gone"]);
export type FirstTurn = z.infer<typeof firstTurn>;

/** `run "PROMPT"` (spec 10.3). */
export const run = operation({
  path: "everyday.run",
  kind: "mutation",
  summary: "Give one agent a piece of work and follow it until its first turn ends; you are its manager",
  ledger: "create",
  refuses: [...BY_NAME, ...TYPING, "conflict", "terminal_state"],
  shows_content: true,
  cli: {
    command: "run",
    place: 45,
    prints: "json",
    here: true,
    notes: [
      "Makes a task, a worker in tmux, an inbox of yours as its manager, and sees that Dispatch runs.",
      "A --check is a command that has to succeed before the task counts as proven: it becomes a criterion with a check of its own.",
      "Exit code 0 when the first turn was completed or is not followed, 1 when it failed, 124 when the time is over.",
      TRUST_NOTE,
    ].join("\n"),
    examples: ['run "Fix the flaky parser test" --check "npm test"', "run - --name parser --detach < plan.md"],
  },
  input: z.object({
    prompt: cli(content(nonBlank), { position: 0, placeholder: "prompt", dash_reads_stdin: true }).describe(
      "the work, as the agent gets it",
    ),
    name: spawnName
      .max(RUN_NAME_CHARACTERS)
      .optional()
      .describe(
        "name of the task; its sessions are NAME-worker and NAME-you. Default: made of the prompt's first words",
      ),
    goal: nonBlank
      .optional()
      .describe("goal as the task records it, for everybody to read; the prompt is kept private"),
    cwd,
    check: listOf(nonBlank)
      .default([])
      .describe("command that must succeed, its words as a shell would split them; no shell runs it"),
    agent: z.string().min(1).max(64).optional().describe("kind of agent; default: the standard one"),
    ...codexFields,
    follow_seconds: waitSeconds.default(3600).describe("longest time that the first turn is followed"),
    detach: z.boolean().default(false).describe("return when the agent has begun"),
  }),
  output: z.object({
    task: z.object({ id: z.string(), name: z.string() }),
    worker: startedSession,
    you: z.string().describe("the session under which you are its manager: your inbox"),
    binding_id: z.string(),
    run_id: z.string(),
    criteria: z.array(z.int()).describe("ids of the criteria that the checks belong to"),
    dispatch_healthy: z.boolean(),
    turn: firstTurn,
    why: z.string().describe("what its agent was last seen at"),
    said: content(z.string().nullable()).describe("its words at the end of the turn"),
    next: z.array(z.string()).describe("commands to type next"),
    elapsed_seconds: z.number(),
    warnings,
  }),
});
