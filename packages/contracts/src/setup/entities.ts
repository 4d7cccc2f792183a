import { z } from "zod";
import { counter, filePath, listOf, printable } from "../bounds.ts";
import { count, taskArgument, timestamp } from "../common.ts";
import { supervisionMode } from "../contract/entities.ts";
import { LOOP_TEMPLATES } from "../loops/entities.ts";
import { cli } from "../operation.ts";
import {
  LOOP_BACKENDS,
  PLANNING_BACKENDS,
  REVIEW_BACKENDS,
  SETUP_PRESETS,
  SETUP_STATES,
  WHATS_NEXT_MODES,
} from "./words.ts";

const skillName = printable(200);
const planningBackend = z.enum(PLANNING_BACKENDS);
const loopBackend = z.enum(LOOP_BACKENDS);
const reviewBackend = z.enum(REVIEW_BACKENDS);
const whatsNextMode = z.enum(WHATS_NEXT_MODES);

export const skillHome = cli(filePath, { path: true, placeholder: "dir" })
  .optional()
  .describe("Codex home whose skills count; default: CODEX_HOME, else ~/.codex");

/** What a draft of a bundle is made of (spec 06 §6.8.1). What is left out is the preset's. */
export const draftFields = {
  task: taskArgument,
  preset: z.enum(SETUP_PRESETS).default("custom").describe("ready-made policy that the other flags change"),
  planning_backend: planningBackend.optional().describe("how the work is planned"),
  planning_required: z.boolean().default(false).describe("no work without a plan of that kind"),
  loop_backend: loopBackend.optional().describe("what steers the iterations"),
  loop_preset: z.enum(LOOP_TEMPLATES).optional().describe("loop template whose evidence is required"),
  loop_max_iterations: counter.min(1).optional().describe("iterations at most"),
  pr_review_backend: reviewBackend.optional().describe("who reviews before a hand-off or a merge"),
  pr_review_required: z.boolean().default(false).describe("no hand-off and no merge without that review"),
  require_skill: listOf(skillName).default([]).describe("skill without which nothing is applied"),
  optional_skill: listOf(skillName).default([]).describe("skill that would help"),
  whats_next: whatsNextMode.optional().describe("what happens when the work is done"),
  whats_next_max_iterations: counter.optional().describe("further passes at most"),
  whats_next_post_merge: z.boolean().default(false).describe("also after a merge"),
  codex_home: skillHome,
};

export const setupPolicy = z.object({
  evidence: z.object({
    acceptance_criteria: z.array(z.string()),
    closeout_requires_disproof_attempt: z.literal(true),
  }),
  loop: z.object({
    backend: loopBackend,
    max_iterations: z.int(),
    preset: z.string().nullable(),
    required_evidence: z.array(z.string()),
  }),
  manager: z.object({
    mode: supervisionMode,
    permissions: z.array(z.string()),
    tools: z.array(z.string()),
    denied_actions: z.array(z.string()),
    pr_review: z.object({
      backend: z.enum(["inherit", "off"]),
      gate: z.enum(["block_merge_until_review_receipts", "none"]),
      role: z.enum(["gatekeeper", "none"]),
    }),
  }),
  planning: z.object({ backend: planningBackend, required: z.boolean(), required_skills: z.array(z.string()) }),
  pr_review: z.object({
    backend: reviewBackend,
    required: z.boolean(),
    required_skills: z.array(z.string()),
    optional_skills: z.array(z.string()),
    security_scan: z.enum(["auto", "off"]),
  }),
  whats_next: z.object({
    enabled: z.boolean(),
    mode: whatsNextMode,
    max_iterations: count,
    post_merge_allowed: z.boolean(),
  }),
  workers: z.object({
    count: z.literal(1),
    profiles: z.array(
      z.object({
        role: z.literal("implementer"),
        sandbox: z.literal("workspace-write"),
        approval: z.literal("on-request"),
        evidence_contract: z.enum(["ship_it_worker_receipt", "worker_receipt"]),
        pr_review: z.object({ backend: reviewBackend, required_before_handoff: z.boolean() }),
      }),
    ),
  }),
});
export type SetupPolicy = z.infer<typeof setupPolicy>;

export const skillPreflight = z.object({
  ok: z.boolean().describe("no required skill is missing"),
  checked_skills: z.array(z.string()),
  missing_required: z.array(z.string()),
  missing_optional: z.array(z.string()),
});
export type SkillPreflight = z.infer<typeof skillPreflight>;

export const draftHash = z.string().describe("SHA-256 of the policy as JSON with sorted keys");

export const setupBundle = z.object({
  id: z.string(),
  task_id: z.string(),
  name: z.string(),
  preset: z.enum(SETUP_PRESETS),
  state: z.enum(SETUP_STATES),
  draft_hash: draftHash,
  approved_hash: z.string().nullable(),
  policy: setupPolicy,
  preflight: skillPreflight,
  approval_json: z
    .object({ approved_by: z.enum(["manager", "operator"]), draft_hash: z.string() })
    .describe("who approved which policy"),
  blocked_reason: z.string().nullable(),
  created_at: timestamp,
  updated_at: timestamp,
  approved_at: timestamp.nullable(),
  applied_at: timestamp.nullable(),
});
export type SetupBundle = z.infer<typeof setupBundle>;
