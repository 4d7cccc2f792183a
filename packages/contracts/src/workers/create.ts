import { z } from "zod";
import { filePath, nonBlank } from "../bounds.ts";
import { warnings } from "../common.ts";
import { content } from "../content.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME, TYPING } from "../refusals.ts";
import { startupState } from "./entities.ts";

/** Letters, digits, dash and underscore, so that the name is a folder and a tmux session as it stands (spec 01 §4.7). */
const newName = z
  .string()
  .regex(/^[A-Za-z0-9_-]+$/, "must consist of letters, digits, dash and underscore")
  .max(64)
  .describe("name of the worker: letters, digits, dash and underscore");

const creation = {
  cwd: cli(filePath, { path: true, placeholder: "dir", caller_folder: true }).describe(
    "folder the worker works in; default: the current one",
  ),
  reuse: z.boolean().default(false).describe("start the worker of this name again, keeping its identity token"),
  accept_trust: z
    .boolean()
    .default(false)
    .describe("answer the workspace trust question with yes; only for folders you trust on purpose"),
  open: z.boolean().default(false).describe("open a terminal window on it"),
  force_open: z.boolean().default(false).describe("open a window although one was opened before"),
  terminal: z.enum(["auto", "ghostty", "terminal"]).default("auto").describe("terminal program for --open"),
  stop_after: z.boolean().default(false).describe("end the worker's terminal when all checks are done"),
  wait_ready_timeout: z.int().min(1).max(86_400).default(30).describe("how long to wait until it is ready, in seconds"),
  verify_timeout: z.int().min(1).max(86_400).default(60).describe("how long to wait for its first report, in seconds"),
};

const created = z.object({
  name: z.string(),
  worker_id: z.string(),
  reused: z.boolean(),
  cwd: z.string(),
  state_dir: z.string(),
  tmux_session: z.string(),
  tmux_pane_id: z.string().nullable(),
  contract_given: z.boolean().describe("whether the agent got the contract as its first prompt"),
  trust_accepted: z.boolean(),
  startup: startupState.nullable().describe("null when nobody waited for it"),
  startup_reason: z.string().nullable(),
  startup_recommended_action: z.enum(["none", "rerun_with_accept_trust", "inspect_terminal"]).nullable(),
  verified: z.boolean().nullable().describe("whether the worker reported; null when nobody waited for it"),
  verify_reason: z.string().nullable(),
  opened: z.boolean(),
  stopped: z.boolean(),
  attach_command: z.string(),
  stop_command: z.string(),
  warnings,
});

/** `create NAME` (spec 01 §7.2). */
export const create = operation({
  path: "workers.create",
  kind: "mutation",
  summary: "Start a worker that reports through a folder of its own",
  ledger: "create",
  refuses: [...BY_NAME, ...TYPING, "conflict", "unsupported_platform"],
  cli: {
    command: "create",
    place: 10,
    prints: "text",
    here: true,
    examples: ['create docs --cwd ~/project --task "Bring the README up to date" --wait-ready --verify'],
    notes: "The older way to start a worker. `start-worker` registers a session, which can be bound to a manager.",
  },
  input: z.object({
    name: cli(newName, { position: 0, placeholder: "name" }),
    task: content(nonBlank.optional()).describe("what the worker is to do; without it the worker waits for a task"),
    no_initial_prompt: cli(z.boolean().default(false), { aliases: ["no-send-contract"] }).describe(
      "start the agent without giving it the contract",
    ),
    wait_ready: z.boolean().default(false).describe("wait until the agent is ready or works"),
    verify: z.boolean().default(false).describe("wait until the worker has reported once"),
    ...creation,
  }),
  output: created,
});

/** `start-test [NAME]` (spec 01 §7.2). */
export const startTest = operation({
  path: "workers.startTest",
  kind: "mutation",
  summary: "Start a worker with a harmless task and check that it reports",
  ledger: "create",
  refuses: [...BY_NAME, ...TYPING, "conflict", "unsupported_platform"],
  cli: {
    command: "start-test",
    place: 20,
    prints: "text",
    here: true,
    examples: ["start-test --cwd ~/project --stop-after"],
    notes: "Exit code 1 when the worker did not report in time.",
  },
  input: z.object({
    name: cli(newName.default("live-test"), { position: 0, placeholder: "name" }).describe("name of the worker"),
    task: content(nonBlank.optional()).describe("what to do instead of reading README.md and reporting"),
    ...creation,
  }),
  output: created,
});
