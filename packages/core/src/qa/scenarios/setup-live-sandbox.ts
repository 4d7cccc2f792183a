import { randomBytes } from "node:crypto";
import type { Input } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { commandLine, slot } from "../../shared/command-line.ts";
import { expecting } from "../stage/checks.ts";
import type { Scenario } from "./scenario.ts";
import { bundleReplay } from "./setup-dogfood.ts";

type Asked = Input<"qa.run">;

const PREFIX = "dogfood/";
const isBetween = (value: number | undefined, least: number, most: number) =>
  value !== undefined && value >= least && value <= most;

/** What a live run must be told, in the order in which it is looked at. */
const LIMITS: readonly { holds: (asked: Asked) => boolean; needed: string }[] = [
  { holds: (asked) => asked.allow_github_side_effects, needed: "--allow-github-side-effects" },
  {
    holds: ({ github_repo, allowed_github_repos }) =>
      github_repo !== undefined && allowed_github_repos.includes(github_repo),
    needed: "a --github-repo that the setting qa.sandbox_repos allows",
  },
  { holds: ({ branch_prefix }) => branch_prefix === PREFIX, needed: `--branch-prefix ${PREFIX}` },
  { holds: ({ max_prs }) => max_prs === 1, needed: "--max-prs 1" },
  { holds: ({ max_iterations }) => isBetween(max_iterations, 1, 2), needed: "--max-iterations 1 or 2" },
  {
    holds: ({ max_runtime_minutes }) => isBetween(max_runtime_minutes, 1, 60),
    needed: "--max-runtime-minutes 1 to 60",
  },
];

/** What the receipt of a live run has to hold in the end. */
const LIVE_RECEIPT = [
  ...["sandbox_repo_url", "setup_preview_hash", "applied_setup_bundle_id", "approved_hash"],
  ...["branch_name_with_dogfood_prefix", "pr_url", "ci_result", "pr_review_result", "mergeability_result"],
  ...["manager_merge_decision", "merge_sha", "post_merge_verification", "whats_next_iterations_used"],
  "adversarial_proof",
] as const;

/** `setup-bundle-live-sandbox` (spec 05 §5.11): looks whether a live run may begin, and begins none. */
export const SETUP_BUNDLE_LIVE_SANDBOX_RUN: Scenario = {
  about: "a live run is told all of its limits before it begins; it begins none",
  async preflight(_ctx, asked) {
    const open = LIMITS.find(({ holds }) => !holds(asked));
    if (open === undefined) return;
    throw new ConveyorError("precondition_failed", `a live run needs ${open.needed}`, {
      hint: "say all of its limits; nothing is done to a forge by this scenario",
    });
  },
  async play(stage) {
    const asked = stage.input;
    const { github_repo: repo, branch_prefix, max_prs, max_iterations, max_runtime_minutes } = asked;
    const limits = { max_prs, max_iterations, max_runtime_minutes };
    const sample_branch = `${PREFIX}setup-bundle-${randomBytes(4).toString("hex")}`;
    const program = stage.ctx.settings;
    const required_command = commandLine(program, ["setup-bundle show", slot("task")]);
    const github_commands_executed: string[] = [];
    const holds = (at: number) => LIMITS[at]?.holds(asked);

    stage.checks.note("github_side_effects_explicitly_authorized", {}, [expecting("authorized", holds(0), true)]);
    stage.checks.note("sandbox_repo_allowlisted", { repo }, [expecting("allowed", holds(1), true)]);
    stage.checks.note("branch_prefix_restricted_to_dogfood", { branch_prefix, sample_branch }, [
      expecting("sample_branch begins with the prefix", sample_branch.startsWith(String(branch_prefix)), true),
    ]);
    stage.checks.note("runtime_pr_iteration_limits_set", { limits }, [
      expecting("every limit holds", [3, 4, 5].map(holds), [true, true, true]),
    ]);
    stage.checks.note("setup_bundle_show_required_before_launch", { required_command }, [
      expecting("required_command shows a bundle", required_command.includes(" setup-bundle show "), true),
    ]);
    const rows = await stage.ctx.store.read((tx) => tx.db.commands.count());
    stage.checks.note(
      "no_github_commands_executed_by_preflight",
      { github_commands_executed, commands_recorded: rows },
      [expecting("commands_recorded", rows, 0)],
    );
    stage.artifacts["receipt_output"] = asked.receipt_output;
    return {
      replay_commands: [...bundleReplay(program), replayOf(stage.ctx.settings, asked)],
      facts: {
        execution_mode: "preflight_only",
        ...{ github_commands_executed, limits, final_live_receipt_requirements: LIVE_RECEIPT },
        live_sandbox: { enabled: true, repo, branch_prefix, sample_branch, side_effects_authorized: true },
      },
    };
  },
};

function replayOf(program: Parameters<typeof commandLine>[0], asked: Asked): string {
  return commandLine(program, ["qa-run", "setup-bundle-live-sandbox"], {
    receipt_output: asked.receipt_output,
    allow_github_side_effects: true,
    github_repo: asked.github_repo,
    branch_prefix: asked.branch_prefix,
    max_prs: asked.max_prs,
    max_iterations: asked.max_iterations,
    max_runtime_minutes: asked.max_runtime_minutes,
  });
}
