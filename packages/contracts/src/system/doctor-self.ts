import { z } from "zod";
import { reference } from "../bounds.ts";
import { operation } from "../operation.ts";

/** `doctor-self` (spec 01 §6.17): always about the shell that asks. */
export const doctorSelf = operation({
  path: "system.doctorSelf",
  kind: "query",
  summary: "Say whether the session that asks can register itself, and how",
  ledger: "none",
  cli: {
    command: "doctor-self",
    place: 80,
    prints: "json",
    here: true,
    examples: ["doctor-self", "doctor-self --human"],
  },
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
