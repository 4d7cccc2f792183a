import { z } from "zod";
import { freeText, listOf } from "../bounds.ts";
import { cli, operation } from "../operation.ts";
import { TMUX } from "../refusals.ts";
import { cwd, spawnName } from "./entities.ts";

/** Flags of Codex that are followed by a value, so that the value is not taken for the session's name (spec 01 §7.1). */
const CODEX_VALUE_FLAGS = [
  "--add-dir",
  "--ask-for-approval",
  "--cd",
  "--config",
  "--image",
  "--model",
  "--profile",
  "--remote",
  "--remote-auth-token-env",
  "--sandbox",
  "-C",
  "-a",
  "-c",
  "-i",
  "-m",
  "-p",
  "-s",
] as const;

/** `start` (spec 01 §7.1). */
export const start = operation({
  path: "startup.start",
  kind: "mutation",
  summary: "Start a plain agent in tmux without registering it",
  ledger: "create",
  refuses: [...TMUX, "conflict"],
  cli: {
    command: "start",
    place: 50,
    prints: "json",
    here: true,
    notes: "Unknown arguments, and everything after --, are passed to codex.",
    examples: ["start scratch", "start scratch --model gpt-5 --sandbox read-only -- --search"],
  },
  input: z.object({
    session: cli(spawnName, { position: 0, placeholder: "session" }).describe("name of the tmux session"),
    cwd,
    no_start_prompt: z.boolean().default(false).describe("start it without a first prompt"),
    codex_args: cli(listOf(freeText), { rest: CODEX_VALUE_FLAGS, placeholder: "codex argument" })
      .default([])
      .describe("arguments for codex"),
  }),
  output: z.object({
    session: z.string(),
    cwd: z.string(),
    attach_command: z.string(),
    start_prompt_path: z.string().nullable(),
    start_prompt_sent: z.boolean(),
    register_worker_command_template: z.string(),
    start_manager_command_template: z.string(),
    bind_command_template: z.string(),
    manager_config_questions_command_template: z
      .string()
      .nullable()
      .describe("null: no command prints the set-up questions yet"),
  }),
});
