import { z } from "zod";
import { wholeSeconds } from "../bounds.ts";
import { warnings } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { shownLines, startupState, workerArgument, workerState } from "./entities.ts";

/** How things stand with a worker's terminal: why it is not running, when it is not (spec 02 §8.8). */
export const terminalState = z.enum([
  "running",
  "not_running",
  "no_terminal",
  "tmux_missing",
  "tmux_denied",
  "tmux_error",
]);
export type TerminalState = z.infer<typeof terminalState>;

const noRefresh = z.boolean().default(false).describe("do not store a new capture");

const report = {
  name: z.string(),
  kind: z.enum(["folder", "session"]).describe("found as a worker folder, or as a registered session"),
  running: z.boolean(),
  terminal: terminalState,
  state: workerState,
  activity: z.enum(["busy", "idle", "unknown"]).nullable().describe("of a registered session: what its rollout says"),
  current_task: z.string().nullable(),
  next_action: z.string().nullable(),
  blocker: z.string().nullable(),
  status_last_update: z.string().nullable(),
  terminal_changed_at: z.string().nullable(),
  tmux_session: z.string().nullable(),
};

/** `status NAME` (spec 01 §7.3, 02 §8.7). */
export const status = operation({
  path: "workers.status",
  kind: "mutation",
  summary: "Show what a worker reports and what its terminal shows",
  ledger: "create",
  refuses: BY_NAME,
  cli: { command: "status", place: 40, prints: "json", examples: ["status docs", "status docs --no-refresh"] },
  input: z.object({ name: workerArgument, no_refresh: noRefresh, lines: shownLines }),
  output: z.object({
    ...report,
    startup: startupState.nullable(),
    startup_reason: z.string().nullable(),
    startup_recommended_action: z.string().nullable(),
    terminal_captured_at: z.string().nullable(),
    terminal_capture_error: z.string().nullable(),
    warnings,
  }),
});

/** `idle-check NAME` (spec 01 §7.3, 02 §8.8). */
export const idleCheck = operation({
  path: "workers.idleCheck",
  kind: "mutation",
  summary: "Judge whether a worker is alive, quiet, stuck or done, and what to do",
  ledger: "create",
  refuses: BY_NAME,
  cli: { command: "idle-check", place: 50, prints: "json", examples: ["idle-check docs --terminal-stale-seconds 120"] },
  input: z.object({
    name: workerArgument,
    no_refresh: noRefresh,
    lines: shownLines,
    status_stale_seconds: wholeSeconds.default(300).describe("from this age on a report is stale, in seconds"),
    terminal_stale_seconds: wholeSeconds.default(300).describe("from this age on a screen is stale, in seconds"),
    busy_wait_seconds: wholeSeconds.default(90).describe("how long a busy screen is normal, in seconds"),
  }),
  output: z.object({
    ...report,
    health: z.enum(["stopped", "blocked", "done", "unknown", "busy_wait", "stale", "quiet", "status_stale", "active"]),
    recommended_action: z.string(),
    reason: z.string(),
    busy_wait_pattern: z.string().nullable(),
    busy_wait_seconds: z.int(),
    capture_error: z.string().nullable(),
    status_age_seconds: z.int().nullable(),
    status_stale_seconds: z.int(),
    terminal_age_seconds: z.int().nullable(),
    terminal_fresh: z.boolean(),
    terminal_stale_seconds: z.int(),
    warnings,
  }),
});
