import { createHash } from "node:crypto";
import type { Input, SetupPolicy } from "@conveyor/contracts";
import { canonicalJson } from "@conveyor/store";
import { loopTemplate } from "../loops/templates.ts";
import { DENIED_ACTIONS, OPTIONAL_SKILL, PLANNING_SKILLS, REVIEW_SKILLS, SETUP_PRESET_TABLE } from "./presets.ts";

/** What a draft is made of. */
export type DraftInput = Input<"setup.preview">;

/** The policy that a preset and the flags beside it come to (spec 06 §6.8.1). Pure. */
export function draftPolicy(input: DraftInput): SetupPolicy {
  const preset = SETUP_PRESET_TABLE[input.preset];
  const loop_preset = input.loop_preset ?? preset.loop.preset;
  const required_evidence = loop_preset === null ? [] : [...loopTemplate(loop_preset).required_before_continue];
  const planning = input.planning_backend ?? preset.planning.backend;
  const planning_required =
    input.planning_required || (input.planning_backend === undefined && preset.planning.required);
  const review = reviewOf(input);
  const whats_next = input.whats_next ?? preset.whats_next.mode;
  const isOn = whats_next !== "off";
  return {
    evidence: {
      acceptance_criteria: required_evidence.map((type) => `${type} evidence is recorded`),
      closeout_requires_disproof_attempt: true,
    },
    loop: {
      backend:
        input.loop_backend ??
        (loop_preset !== null && preset.loop.backend === "none" ? "loop_template" : preset.loop.backend),
      max_iterations: input.loop_max_iterations ?? preset.loop.max_iterations,
      preset: loop_preset,
      required_evidence,
    },
    manager: {
      mode: preset.mode,
      permissions: [...preset.permissions],
      tools: [...preset.tools],
      denied_actions: [...DENIED_ACTIONS],
      pr_review: review.required
        ? { backend: "inherit", gate: "block_merge_until_review_receipts", role: "gatekeeper" }
        : { backend: "off", gate: "none", role: "none" },
    },
    planning: {
      backend: planning,
      required: planning_required,
      // A plan that nobody insists on needs no skill, but for the backend that is a skill itself.
      required_skills: planning_required || planning === "goalbuddy" ? [...PLANNING_SKILLS[planning]] : [],
    },
    pr_review: {
      ...review,
      required_skills: distinct([...REVIEW_SKILLS[review.backend], ...input.require_skill]),
      optional_skills: distinct([OPTIONAL_SKILL, ...input.optional_skill]),
      security_scan: preset.security_scan,
    },
    whats_next: {
      enabled: isOn,
      mode: whats_next,
      max_iterations: isOn ? (input.whats_next_max_iterations ?? preset.whats_next.max_iterations) : 0,
      post_merge_allowed: isOn && (input.whats_next_post_merge || preset.whats_next.post_merge_allowed),
    },
    workers: {
      count: 1,
      profiles: [
        {
          role: "implementer",
          sandbox: "workspace-write",
          approval: "on-request",
          evidence_contract: preset.evidence_contract,
          pr_review: { backend: review.backend, required_before_handoff: review.required },
        },
      ],
    },
  };
}

/** A review that is required without saying which is that of the standard agent. */
function reviewOf({ preset: name, pr_review_backend, pr_review_required }: DraftInput) {
  const preset = SETUP_PRESET_TABLE[name].pr_review;
  const chosen = pr_review_backend ?? preset.backend;
  const backend = chosen === "off" && pr_review_required && pr_review_backend === undefined ? "codex_review" : chosen;
  const required = backend !== "off" && (pr_review_required || (pr_review_backend === undefined && preset.required));
  return { backend, required };
}

/** By what an approved policy is known: equal policies have the same. Pure. */
export function draftHashOf(policy: SetupPolicy): string {
  return createHash("sha256").update(canonicalJson(policy)).digest("hex");
}

/** All skills that a policy wants. Pure. */
export function skillsOf({ planning, pr_review }: SetupPolicy): { required: string[]; optional: string[] } {
  const required = distinct([...planning.required_skills, ...pr_review.required_skills]);
  return { required, optional: pr_review.optional_skills.filter((name) => !required.includes(name)) };
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)];
}
