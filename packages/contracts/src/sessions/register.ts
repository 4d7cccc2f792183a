import { z } from "zod";
import { filePath, newName, printable } from "../bounds.ts";
import { role } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import { communication } from "./entities.ts";

/** Doubtful facts that a registration accepts (spec 01 §6.4). */
export const registrationWarning = z.enum([
  "tmux_session_missing",
  "tmux_not_checked",
  "agent_not_in_terminal",
  "pid_not_alive",
  "rollout_already_registered",
]);
export type RegistrationWarning = z.infer<typeof registrationWarning>;

const registrationInput = z.object({
  name: cli(newName(128), { once: true }).describe("name of the session, unique over workers and managers"),
  pid: z
    .int()
    .min(1)
    .max(2 ** 31 - 1)
    .optional()
    .describe("process of the session; needed unless --codex-session is given"),
  codex_session: cli(filePath, { path: true, placeholder: "rollout" })
    .optional()
    .describe("rollout file of the session; found from the process when absent"),
  cwd: cli(filePath, { path: true, placeholder: "dir" })
    .optional()
    .describe("folder the session works in; default: as its rollout says"),
  tmux_session: printable(200).optional().describe("tmux session it runs in, which lets Conveyor push messages to it"),
  codex_app_thread_id: printable(200)
    .optional()
    .describe("app thread, for navigation only; absent keeps what is stored"),
  codex_app_thread_title: printable(500).optional().describe("title of the app thread; absent keeps what is stored"),
});
export type RegistrationInput = z.output<typeof registrationInput>;

const registration = z.object({
  session_id: z.string(),
  name: z.string(),
  role,
  pid: z.int().nullable(),
  codex_session_id: z.string().nullable(),
  codex_session_path: z.string().nullable(),
  cwd: z.string(),
  tmux_session: z.string().nullable(),
  codex_app_thread_id: z.string().nullable(),
  codex_app_thread_title: z.string().nullable(),
  communication,
  warnings: z.array(registrationWarning).describe("doubtful facts that were accepted"),
  rollout_also_registered_by: z.array(z.string()).describe("other active sessions that name the same rollout"),
});
export type Registration = z.infer<typeof registration>;

/** `register-worker` (spec 01 §6.4). */
export const registerWorker = operation({
  path: "sessions.registerWorker",
  kind: "mutation",
  summary: "Register a running agent session as a worker",
  ledger: "create",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS, "conflict", "rollout_missing", "rollout_unreadable"],
  cli: {
    command: "register-worker",
    place: 10,
    prints: "json",
    examples: ["register-worker --name auth-worker --pid 4242 --tmux-session codex-auth"],
  },
  input: registrationInput,
  output: registration,
});

/** `register-manager` (spec 01 §6.4). */
export const registerManager = operation({
  path: "sessions.registerManager",
  kind: "mutation",
  summary: "Register a running agent session as a manager",
  ledger: "create",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS, "conflict", "rollout_missing", "rollout_unreadable"],
  cli: {
    command: "register-manager",
    place: 20,
    prints: "json",
    examples: ["register-manager --name auth-manager --codex-session ~/.codex/sessions/2026/01/02/rollout-….jsonl"],
  },
  input: registrationInput,
  output: registration,
});
