import { z } from "zod";
import { reference } from "../bounds.ts";
import { taskArgument } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME, TMUX } from "../refusals.ts";

const terminalChoice = z
  .enum(["auto", "ghostty", "terminal"])
  .default("auto")
  .describe("terminal program; auto: CONVEYOR_TERMINAL when set, on macOS else Ghostty, else Terminal");

const dryRun = z.boolean().default(false).describe("say what would be run, and open nothing");

const opened = z.object({
  attach_command: z.string().describe("attaches any terminal to the session by hand"),
  dry_run: z.boolean(),
  terminal: z.string().describe("the terminal program; `none` in a dry run where none is known"),
  tmux_session: z.string(),
  command: z.array(z.string()).optional().describe("what would be run, in a dry run"),
});

const OPEN_NOTES =
  "Outside macOS set CONVEYOR_TERMINAL to the command that opens a terminal, for instance `xterm -e`; the attaching command follows it.";

/** `open NAME` (spec 01 §6.12). */
export const open = operation({
  path: "terminals.open",
  kind: "mutation",
  summary: "Open a terminal window on a session or worker",
  ledger: "write",
  refuses: [...BY_NAME, ...TMUX, "conflict", "unsupported_platform"],
  cli: {
    command: "open",
    prints: "json",
    examples: ["open auth-worker", "open auth-worker --dry-run"],
    notes: OPEN_NOTES,
  },
  input: z.object({
    name: cli(reference, { position: 0 }).describe("session or worker, by name, id or unique id prefix"),
    terminal: terminalChoice,
    dry_run: dryRun,
    force: z.boolean().default(false).describe("open another window although one was opened before"),
  }),
  output: opened.extend({ name: z.string(), force: z.boolean() }),
});

const openRoleInput = z.object({ task: taskArgument, terminal: terminalChoice, dry_run: dryRun });

/** `open-worker TASK` (spec 01 §6.12). */
export const openWorker = operation({
  path: "terminals.openWorker",
  kind: "mutation",
  summary: "Open a terminal window on the worker of a task",
  ledger: "write",
  refuses: [...BY_NAME, ...TMUX, "unsupported_platform"],
  cli: { command: "open-worker", prints: "json", examples: ["open-worker auth --terminal ghostty"], notes: OPEN_NOTES },
  input: openRoleInput,
  output: opened.extend({ task: z.string(), worker: z.string() }),
});

/** `open-manager TASK` (spec 01 §6.12). */
export const openManager = operation({
  path: "terminals.openManager",
  kind: "mutation",
  summary: "Open a terminal window on the manager of a task",
  ledger: "write",
  refuses: [...BY_NAME, ...TMUX, "unsupported_platform"],
  cli: { command: "open-manager", prints: "json", examples: ["open-manager auth --dry-run"], notes: OPEN_NOTES },
  input: openRoleInput,
  output: opened.extend({ task: z.string(), manager: z.string() }),
});
