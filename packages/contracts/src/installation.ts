import { z } from "zod";
import { filePath, reference } from "./bounds.ts";
import { count } from "./common.ts";
import { cli, operation } from "./operation.ts";

/** `doctor-self` (spec 01 §6.17): always about the shell that asks. */
export const doctorSelf = operation({
  path: "system.doctorSelf",
  kind: "query",
  summary: "Say whether the session that asks can register itself, and how",
  ledger: "none",
  cli: { command: "doctor-self", prints: "json", here: true, examples: ["doctor-self", "doctor-self --human"] },
  input: z.object({
    session: reference.optional().describe("tmux session to look at; default: the one this runs in"),
  }),
  output: z.object({
    ok: z.boolean().describe("same as supported"),
    supported: z.boolean().describe("this session can register as a worker that is pushed to"),
    current_session: z.string().nullable(),
    candidate_pid: z.int().nullable().describe("process that stands for the session"),
    can_register_as: z.array(z.enum(["worker", "manager"])),
    checks: z.array(z.looseObject({ name: z.string(), ok: z.boolean() })),
    command_template: z.string(),
    follow_up: z.array(z.string()),
    why_or_why_not: z.string(),
    codex_app_inbox_guidance: z.string(),
    command_context_note: z.string(),
    skill_path: z.string(),
    codex_review_skill_path: z.string(),
    codex_review_helper_path: z.string(),
    workerctl_invocation: z.string(),
  }),
});

/** `adopt-ledger` (spec 00, ruling 9). */
export const adoptLedger = operation({
  path: "system.adoptLedger",
  kind: "mutation",
  summary: "Make a ledger that another host or git brought yours, so that Conveyor acts on what it says",
  ledger: "write",
  cli: {
    command: "adopt-ledger",
    prints: "text",
    here: true,
    examples: ["adopt-ledger", "adopt-ledger --yes", "adopt-ledger --yes --keep-terminals"],
    notes: [
      "Until then nothing is typed, started or signalled on behalf of such a ledger; it can be read and written.",
      "Its active sessions lose the terminals and processes recorded of them, because these names mean something else here;",
      "register them again. --keep-terminals is for a ledger of this very machine whose host id was lost.",
      "A ledger that git tracks is asked about again when git changes its file.",
    ].join("\n"),
  },
  input: z.object({
    yes: z.boolean().default(false).describe("do not ask; needed where there is no terminal"),
    keep_terminals: z
      .boolean()
      .default(false)
      .describe("its sessions are on this machine: keep their terminals and processes"),
  }),
  output: z.object({
    adopted: z.boolean().describe("false when it was yours already"),
    ledger_path: z.string(),
    reason: z.enum(["other_host", "no_host", "tracked_by_git"]).nullable().describe("why it was not yours"),
    from_host_id: z.string().nullable().describe("the host it belonged to"),
    host_id: z.string().describe("this host"),
    detached_sessions: count.describe("active sessions that lost their terminal or process"),
    pending_messages: count.describe("messages that wait to be delivered, and now will be"),
  }),
});

/** `install-skills` (spec 01 §6.19). */
export const installSkills = operation({
  path: "system.installSkills",
  kind: "mutation",
  summary: "Copy the bundled skills into the Codex home, each replaced as a whole",
  ledger: "none",
  cli: {
    command: "install-skills",
    prints: "text",
    here: true,
    examples: ["install-skills", "install-skills --dry-run --json"],
  },
  input: z.object({
    codex_home: cli(filePath, { path: true, placeholder: "dir" })
      .optional()
      .describe("Codex home; default: CODEX_HOME, else ~/.codex"),
    dry_run: z.boolean().default(false).describe("say what would be copied, and copy nothing"),
  }),
  output: z.object({
    codex_home: z.string(),
    dry_run: z.boolean(),
    installed: z.array(z.string()).describe("names of the skills that were copied"),
    skills: z.array(z.object({ name: z.string(), source: z.string(), target: z.string() })),
  }),
});
