import { z } from "zod";
import { newName, nonBlank } from "../bounds.ts";
import { taskRef } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { TYPING } from "../refusals.ts";
import { codexFields, cwd, spawnName, startedSession, TRUST_NOTE } from "./entities.ts";

/** `start-manager` (spec 01 §6.2). */
export const startManager = operation({
  path: "startup.startManager",
  kind: "mutation",
  summary: "Start an agent in tmux and register it as a manager, told how to supervise",
  ledger: "create",
  refuses: [...TYPING, "ambiguous", "conflict"],
  cli: {
    command: "start-manager",
    place: 20,
    prints: "json",
    here: true,
    notes: `It binds nothing.\n${TRUST_NOTE}`,
    examples: ["start-manager --name auth-manager --task auth --worker auth-worker"],
  },
  input: z.object({
    name: cli(spawnName, { once: true }).describe("name of the session; its tmux session is codex-<name>"),
    cwd,
    task: taskRef.optional().describe("task it will supervise; need not exist yet"),
    task_goal: nonBlank.optional().describe("goal to tell it; default: the one the task has"),
    worker: newName(128).optional().describe("worker session it will supervise"),
    ...codexFields,
  }),
  output: startedSession,
});
