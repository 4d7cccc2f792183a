import { z } from "zod";
import { nonBlank } from "../bounds.ts";
import { content } from "../content.ts";
import { cli, operation } from "../operation.ts";
import { TYPING } from "../refusals.ts";
import { worktreeFields } from "../worktrees/entities.ts";
import { codexFields, cwd, spawnName, startedSession, TRUST_NOTE } from "./entities.ts";

/** `start-worker` (spec 01 §6.1). */
export const startWorker = operation({
  path: "startup.startWorker",
  kind: "mutation",
  summary: "Start an agent in tmux and register it as a worker",
  ledger: "create",
  refuses: [...TYPING, "conflict"],
  cli: {
    command: "start-worker",
    place: 10,
    prints: "json",
    here: true,
    notes: TRUST_NOTE,
    examples: [
      'start-worker --name auth-worker --task "Split the parser"',
      "start-worker --name w --accept-trust",
      "start-worker --name w --worktree",
    ],
  },
  input: z.object({
    name: cli(spawnName, { once: true }).describe("name of the session; its tmux session is codex-<name>"),
    cwd,
    task: content(nonBlank.optional()).describe("first prompt, the work itself; without it the worker stands by"),
    ...codexFields,
    ...worktreeFields,
  }),
  output: startedSession,
});
