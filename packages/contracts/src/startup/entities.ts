import { z } from "zod";
import { filePath, printable } from "../bounds.ts";
import { type Role, role } from "../common.ts";
import { cli } from "../operation.ts";
import { communication } from "../sessions/entities.ts";

/** A name that also names a tmux session, which would change dots and colons (spec 01 §4.7). */
export const spawnName = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9_-]+$/, "may hold only letters, digits, - and _");

export const cwd = cli(filePath, { path: true, placeholder: "dir", caller_folder: true }).describe(
  "folder the agent works in; default: the current one",
);

export const codexFields = {
  sandbox: printable(100).optional().describe("Codex sandbox mode, passed on as it is; default: workspace-write"),
  ask_for_approval: printable(100)
    .optional()
    .describe("Codex approval policy, passed on as it is; default: on-request"),
  codex_profile: z
    .enum(["yolo"])
    .optional()
    .describe("named set of the two options above; yolo: danger-full-access and never"),
  accept_trust: z
    .boolean()
    .default(false)
    .describe("answer yes when Codex asks whether the folder is trusted; only for folders you trust on purpose"),
  timeout_seconds: z
    .int()
    .min(1)
    .max(86_400)
    .default(60)
    .describe("how long to wait until the agent's rollout is found"),
};

/** A session that was started and registered (spec 01 §6.1). */
export const startedSession = z.object({
  session_id: z.string(),
  name: z.string(),
  role,
  pid: z.int(),
  codex_session_id: z.string(),
  codex_session_path: z.string().describe("rollout file"),
  cwd: z.string(),
  tmux_session: z.string(),
  sandbox: z.string().describe("Codex sandbox mode that it works in"),
  ask_for_approval: z.string().describe("Codex approval policy that it works under"),
  communication,
});
export type StartedSession = z.infer<typeof startedSession>;

/** What a start tells while it waits longer than a few seconds; no part of its answer. */
export interface StartupNote {
  kind: "waiting";
  role: Role;
  name: string;
  /** What it waits for, in words. */
  reason: string;
  tmux_session: string;
  /** With which a person looks into the terminal and answers what it asks. */
  attach_command: string;
}

export const TRUST_NOTE =
  "Codex asks whether it may trust a folder that it does not know. Without --accept-trust that question waits for you: " +
  "attach to the tmux session and answer it within the time limit.";
