import { loopTemplate } from "../../loops/templates.ts";
import { commandLine, slot } from "../../shared/command-line.ts";
import { expecting } from "../stage/checks.ts";
import type { LoopedTask, Stage } from "../stage/stage.ts";
import { askAndDispatch, loopReplay } from "./replay.ts";
import type { Scenario } from "./scenario.ts";
import { templateFacts } from "./template-loops.ts";

/** What is asked of the worker, what it needs, and how the checks of it are called. */
const PERMISSIONS = [
  { suffix: "push", verb: "push_branch", permission: "repo.push_branch" },
  { suffix: "open-pr", verb: "open_pr", permission: "repo.open_pr" },
  { suffix: "merge", verb: "merge", permission: "repo.merge_green_pr" },
] as const;

/** The evidence of the whole way, with values of no real repository. */
const EVIDENCE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  branch_ready: { branch: "qa/change", commit_sha: "1".repeat(40) },
  branch_pushed: { branch: "qa/change", remote: "origin" },
  pr_url: { url: "https://example.invalid/pull/1" },
  ci_green: { command: "gh pr checks --required", result: "green" },
  mergeability_clean: { conflicts: false, mergeable_state: "clean" },
  manager_merge_decision: { decision: "merge_ready", manager_verified: true },
  merge: { merge_sha: "2".repeat(40) },
  post_merge_verification: { command: "npm test", result: "pass" },
};
const BEFORE_CI = ["branch_ready", "branch_pushed", "pr_url", "ci_green"] as const;
const AFTER_CI = ["mergeability_clean", "manager_merge_decision", "merge", "post_merge_verification"] as const;
const CONFLICT_LIMIT = 2;

const idOf = (type: string) => `ship-it-${type.replaceAll("_", "-")}`;

/** `ship-it-loop` (spec 05 §5.11): permissions, evidence in its order, the limit of tries at a conflict, the merge gate. */
export const SHIP_IT_LOOP_RUN: Scenario = {
  about: "a delivery passes each of its steps only with the permission and the evidence for it",
  async play(stage) {
    const template = loopTemplate("ship_it_loop");
    const seed = "qa-run-ship-it-seed";
    for (const { suffix, verb, permission } of PERMISSIONS) {
      const task = await stage.boundTask(`ship-it-${suffix}-permission`);
      const correlation = (word: string) => `ship-it-${suffix}-permission-${word}`;
      const denied = { permission, correlation_id: correlation("denied"), granted: false };
      await stage.permission(`ship_it_${verb}_requires_${permission.replace(".", "_")}`, task, denied);
      await stage.grant(task, permission);
      const allowed = { permission, correlation_id: correlation("allowed"), granted: true };
      await stage.permission(`ship_it_${verb}_delivers_after_permission`, task, allowed);
    }

    const task = await stage.boundTask("ship-it-lifecycle", { template: template.name, max_iterations: 2, seed });
    await stage.blocked("ship_it_lifecycle_blocks_before_any_evidence", task, {
      correlation_id: "ship-it-missing-evidence",
      reason: "missing_required_evidence",
      missing: template.required_before_continue,
    });
    for (const type of BEFORE_CI) await record(stage, task, type);
    await stage.blocked("ship_it_lifecycle_blocks_before_mergeability_and_manager_decision", task, {
      correlation_id: "ship-it-partial-evidence",
      reason: "missing_required_evidence",
      missing: [...AFTER_CI, "adversarial_check"],
    });
    await mergeTooEarly(stage, task);
    await conflictLimit(stage, task);
    for (const type of AFTER_CI) await record(stage, task, type);
    await stage.adversarial(task, "ship-it-adversarial-proof");
    await stage.delivered("ship_it_lifecycle_retry_delivers_after_all_evidence", task, "ship-it-allowed-closeout");

    const program = stage.ctx.settings;
    return {
      replay_commands: [
        commandLine(program, ["enqueue-nudge-worker", slot("task")], {
          message: slot("text"),
          required_permission: "repo.push_branch",
        }),
        commandLine(program, ["dispatch"], { once: true, type: "nudge_worker", json: true }),
        commandLine(program, ["manager-config", slot("task")], { mode: "strict", permit: ["repo.push_branch"] }),
        ...loopReplay(program, { template: template.name, max_iterations: 2 }),
        ...askAndDispatch(program),
      ],
      facts: templateFacts(template),
    };
  },
};

async function record(stage: Stage, task: LoopedTask, type: string): Promise<void> {
  const { result, ...metadata } = EVIDENCE[type] as Record<string, unknown>;
  const status = typeof result === "string" ? result : "pass";
  await stage.evidence(task, type, { status, metadata: { ...metadata }, correlation_id: idOf(type) });
}

/** The instruction to merge is held back before the decision, although it is permitted (spec 05 §6.2). */
async function mergeTooEarly(stage: Stage, task: LoopedTask): Promise<void> {
  await stage.grant(task, "repo.merge_green_pr");
  const correlation_id = "ship-it-merge-gate";
  await stage.askWorker(task, { required_permission: "repo.merge_green_pr", correlation_id });
  const { dispatch, counts } = await passFor(stage, task, correlation_id);
  stage.checks.note(
    "ship_it_merge_blocks_before_manager_decision",
    { command_type: "nudge_worker", correlation_id, dispatch, ...counts },
    [
      expecting("dispatch.state", dispatch["state"], "blocked"),
      expecting("dispatch.gate", dispatch["gate"], "merge"),
      expecting(
        "dispatch.missing_evidence has the decision",
        (dispatch["missing_evidence"] as string[] | undefined)?.includes("manager_merge_decision"),
        true,
      ),
      expecting("worker_inbox_count", counts.worker_inbox_count, 0),
    ],
  );
}

/** Tries at a conflict up to the limit; what is asked of the worker then is held back (spec 05 §6.3). */
async function conflictLimit(stage: Stage, task: LoopedTask): Promise<void> {
  for (let attempt = 1; attempt <= CONFLICT_LIMIT; attempt += 1) {
    const metadata = { outcome: "unresolved", files: ["src/change.ts"] };
    await stage.evidence(task, "conflict_attempt", { status: "failed", metadata });
  }
  const [receipt] = await stage.ctx.store.read((tx) =>
    tx.db.acceptance_criteria.findMany({
      where: { task_id: task.task_id, evidence_type: "conflict_blocked" },
      select: { evidence_json: true },
      take: 1,
    }),
  );
  const conflict = receipt === undefined ? {} : (JSON.parse(receipt.evidence_json ?? "{}") as Record<string, unknown>);
  const artifact_path = stage.artifact(
    "conflict_receipt",
    "conflict-receipt.json",
    `${JSON.stringify(conflict, null, 2)}\n`,
  );
  await stage.grant(task, "repo.resolve_conflicts");
  const correlation_id = "ship-it-conflict-block";
  await stage.askWorker(task, { required_permission: "repo.resolve_conflicts", correlation_id });
  const { dispatch, counts } = await passFor(stage, task, correlation_id);
  stage.checks.note(
    "ship_it_conflict_retry_blocks_after_limit",
    { artifact_path, conflict, command_type: "nudge_worker", correlation_id, dispatch, ...counts },
    [
      expecting("conflict.conflict_state", conflict["conflict_state"], "unresolved"),
      expecting("conflict.max_retries", conflict["max_retries"], CONFLICT_LIMIT),
      expecting("conflict.retry_count", conflict["retry_count"], CONFLICT_LIMIT),
      expecting("conflict.status", conflict["status"], "blocked"),
      expecting("conflict.stop_reason", conflict["stop_reason"], "conflict_retry_limit_reached"),
      expecting("dispatch.state", dispatch["state"], "blocked"),
      expecting("dispatch.reason", dispatch["reason"], "conflict_retry_limit_reached"),
      expecting("worker_inbox_count", counts.worker_inbox_count, 0),
    ],
  );
}

async function passFor(stage: Stage, task: LoopedTask, correlation_id: string) {
  const processed = await stage.pass("nudge_worker");
  const dispatch = processed.find((own) => own["correlation_id"] === correlation_id) ?? {};
  return { dispatch, counts: await stage.counts(task) };
}
