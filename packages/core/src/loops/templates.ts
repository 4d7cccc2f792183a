import type { LoopTemplateName } from "@conveyor/contracts";
import type { FreshnessRule, LoopBudgets } from "./rules.ts";

/** What an iteration has to show for one kind of evidence. */
export interface ArtifactRequirement {
  type: "object" | "path" | "number" | "string" | "boolean";
  description: string;
  properties?: Readonly<Record<string, { type: "string" | "boolean" | "number"; description?: string }>>;
  required?: readonly string[];
}

/** A ready-made loop policy (spec 05 §3). */
export interface LoopTemplate {
  name: string;
  description: string;
  max_iterations: number;
  required_before_continue: readonly string[];
  cleanup_policy: string;
  stop_conditions: readonly string[];
  recommended_tools: readonly string[];
  tags: readonly string[];
  artifact_requirements: Readonly<Record<string, ArtifactRequirement>>;
  /** What only imported ones have: further rules, and which version it is. */
  budgets?: Partial<LoopBudgets>;
  freshness?: Readonly<Record<string, Partial<FreshnessRule>>>;
  conflict_policy?: { max_retries: number };
  version?: number;
  sha256?: string;
}

type PropertyTypes = Readonly<Record<string, "string" | "boolean">>;

/** Evidence that is an object; every property is required. */
function evidence(description: string, properties: PropertyTypes): ArtifactRequirement {
  return {
    type: "object",
    description,
    properties: Object.fromEntries(Object.entries(properties).map(([name, type]) => [name, { type }])),
    required: Object.keys(properties),
  };
}

/** Proof that somebody tried to break the iteration; also part of every custom policy that requires it. */
export const ADVERSARIAL_CHECK: ArtifactRequirement = {
  type: "object",
  description:
    "Somebody tried to disprove the iteration: the strongest realistic risk, what was looked at to rule it out, and what came of it.",
  properties: {
    failure_mode: { type: "string", description: "the strongest realistic way in which the result could be wrong" },
    check: {
      type: "string",
      description: "the command, test, trace, screenshot, audit, diff or inspection that was used against it",
    },
    result: { type: "string", description: "why that rules the risk out, or what stays open" },
  },
  required: ["failure_mode", "check", "result"],
};

const SHIP_IT_EVIDENCE: Readonly<Record<string, ArtifactRequirement>> = {
  branch_ready: evidence("The candidate branch and its commit.", { branch: "string", commit_sha: "string" }),
  branch_pushed: evidence("The branch was pushed, after repo.push_branch was granted.", {
    branch: "string",
    remote: "string",
  }),
  pr_url: evidence("The pull request, opened after repo.open_pr was granted.", { url: "string" }),
  ci_green: evidence("An explicit result of the checks: the forge's required checks, or why there are none.", {
    command: "string",
    status: "string",
  }),
  mergeability_clean: evidence(
    "It can be merged, or its conflicts were resolved within the approved number of tries.",
    {
      conflicts: "boolean",
      mergeable_state: "string",
    },
  ),
  manager_merge_decision: evidence("The manager, not the worker, verified everything and allows the merge.", {
    decision: "string",
    manager_verified: "boolean",
  }),
  merge: evidence("The merge, recorded after permission, CI, mergeability and decision.", { merge_sha: "string" }),
  post_merge_verification: evidence("A check on the main branch with the merge in it.", {
    command: "string",
    status: "string",
  }),
  adversarial_check: ADVERSARIAL_CHECK,
};

const VISUAL_EVIDENCE: Readonly<Record<string, ArtifactRequirement>> = {
  reference_artifact: { type: "path", description: "Picture of what it shall look like." },
  candidate_screenshot: { type: "path", description: "Screenshot of what it looks like now." },
  visual_diff_report: { type: "path", description: "Report of the comparison of the two." },
  diff_score: { type: "number", description: "Score of the comparison; lower is closer." },
  viewport: { type: "string", description: "Size of the view, for instance 1440x900." },
  adversarial_check: ADVERSARIAL_CHECK,
};

const STOP = ["max_iterations", "required_evidence"] as const;
const STOP_BY_MANAGER = [...STOP, "manager_accepts"] as const;

/** The built-in templates by name. */
export const LOOP_TEMPLATE_TABLE: readonly LoopTemplate[] = [
  {
    name: "app_visible_build_loop",
    description: "Build in one visible app thread that keeps its context, with proof after every iteration.",
    max_iterations: 2,
    required_before_continue: ["build_passed", "adversarial_check"],
    cleanup_policy: "off",
    stop_conditions: STOP,
    recommended_tools: ["verification.run_tests"],
    tags: ["build", "codex_app", "visible_session"],
    artifact_requirements: { adversarial_check: ADVERSARIAL_CHECK },
  },
  {
    name: "build_then_clear",
    description: "Build, then begin the next iteration in a cleared context.",
    max_iterations: 2,
    required_before_continue: ["build_passed", "cleanup"],
    cleanup_policy: "clear",
    stop_conditions: STOP,
    recommended_tools: [],
    tags: ["build", "context"],
    artifact_requirements: {},
  },
  {
    name: "compact_then_continue",
    description: "Complete a piece, compact the context, continue.",
    max_iterations: 4,
    required_before_continue: ["worker_completion", "cleanup"],
    cleanup_policy: "compact",
    stop_conditions: STOP,
    recommended_tools: [],
    tags: ["context"],
    artifact_requirements: {},
  },
  {
    name: "pr_ci_merge_loop",
    description: "Deliver through a pull request, green CI and a merge.",
    max_iterations: 2,
    required_before_continue: ["pr_url", "ci_green", "merge", "adversarial_check"],
    cleanup_policy: "clear",
    stop_conditions: STOP,
    recommended_tools: ["gh", "verification.run_tests"],
    tags: ["repo", "ci"],
    artifact_requirements: { adversarial_check: ADVERSARIAL_CHECK },
  },
  {
    name: "ship_it_loop",
    description:
      "Deliver a change the whole way, from the branch to the check after the merge, with explicit authority.",
    max_iterations: 2,
    required_before_continue: Object.keys(SHIP_IT_EVIDENCE),
    cleanup_policy: "clear",
    stop_conditions: STOP_BY_MANAGER,
    recommended_tools: ["gh", "verification.run_tests", "git"],
    tags: ["repo", "ci", "merge", "ship_it"],
    artifact_requirements: SHIP_IT_EVIDENCE,
  },
  {
    name: "test_coverage_loop",
    description: "Protect behaviour with tests, pass by pass.",
    max_iterations: 3,
    required_before_continue: ["test_coverage", "adversarial_check"],
    cleanup_policy: "clear",
    stop_conditions: STOP,
    recommended_tools: ["coverage", "verification.run_tests"],
    tags: ["tests"],
    artifact_requirements: { adversarial_check: ADVERSARIAL_CHECK },
  },
  {
    name: "visual_diff_loop",
    description: "Bring a view closer to its reference, measured by a picture comparison.",
    max_iterations: 4,
    required_before_continue: [
      "reference_artifact",
      "candidate_screenshot",
      "visual_diff_report",
      "diff_below_threshold",
      "adversarial_check",
    ],
    cleanup_policy: "compact",
    stop_conditions: STOP_BY_MANAGER,
    recommended_tools: ["browser", "playwright", "pixelmatch"],
    tags: ["visual", "frontend", "qa"],
    artifact_requirements: VISUAL_EVIDENCE,
  },
];

/** The built-in template of this name. */
export function loopTemplate(name: LoopTemplateName): LoopTemplate {
  return LOOP_TEMPLATE_TABLE.find((template) => template.name === name) as LoopTemplate;
}
