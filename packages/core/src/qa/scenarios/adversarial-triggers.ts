import { type Call, type Criterion, operations } from "@conveyor/contracts";
import { add as addCriterion } from "../../criteria/add.ts";
import { satisfy } from "../../criteria/change.ts";
import { classifyPrompt } from "../../loops/classify.ts";
import { TRIGGER_TABLE } from "../../loops/triggers.ts";
import { commandLine, slot } from "../../shared/command-line.ts";
import { create as createTask } from "../../tasks/create.ts";
import { expecting } from "../stage/checks.ts";
import { assertKnowsItself, runItself } from "../stage/itself.ts";
import type { Stage } from "../stage/stage.ts";
import { loopReplay } from "./replay.ts";
import type { Scenario } from "./scenario.ts";

const SEED = "qa-run-nl-loop-trigger-seed";
const HARMLESS = "Please be careful, run the tests and summarise the risks before you go on.";
const NEGATIVE_CHECKS = [
  "The gate blocks an iteration whose adversarial proof is missing.",
  "A proof that lacks failure mode, check or result does not open the gate.",
  "Tests that pass are not taken for an adversarial proof.",
] as const;

/** `adversarial-triggers` (spec 05 §5.11): phrases, and the gates that they arm. */
export const ADVERSARIAL_TRIGGERS_RUN: Scenario = {
  about: "only the controlled phrases arm a gate, and each gate holds until there is a structured proof",
  async preflight(ctx) {
    assertKnowsItself(ctx);
  },
  async play(stage) {
    const classified = await classifications(stage);
    await gateOfIterations(stage);
    await gateOfFinish(stage);
    await proofOfWorker(stage);
    await criteriaOfManager(stage);
    const program = stage.ctx.settings;
    return {
      facts: classified,
      replay_commands: [
        commandLine(program, ["loop-triggers"], { classify: slot("prompt"), json: true }),
        ...loopReplay(program, { required: ["adversarial_check"], max_iterations: 3 }),
        commandLine(program, ["finish-task", slot("task")], { require_adversarial_proof: true }),
        commandLine(program, ["criteria", slot("task")], { satisfy: slot("id"), evidence_json: slot("json") }),
      ],
    };
  },
};

async function classifications(stage: Stage) {
  const classify = (prompt: string) => classifyPrompt(stage.ctx, { prompt });
  const phrases = TRIGGER_TABLE.map(({ canonical_phrase }) => classify(canonical_phrase));
  const trigger_classifications = await Promise.all(phrases);
  const negative_control = await classify(HARMLESS);
  const controlled_triggers = TRIGGER_TABLE.map(({ name, canonical_phrase, intent }, at) => {
    const { matched, matched_trigger } = trigger_classifications[at] ?? { matched: false, matched_trigger: null };
    return { name, canonical_phrase, intent, matched, matched_name: matched_trigger?.name ?? null };
  });
  stage.checks.note(
    "trigger_classification_matches_controlled_phrases",
    { controlled_triggers, negative_control: { prompt: HARMLESS, matched: negative_control.matched } },
    [
      expecting("the number of phrases", controlled_triggers.length, 5),
      ...controlled_triggers.map(({ name, matched_name }) => expecting(`the match of ${name}`, matched_name, name)),
      expecting("negative_control.matched", negative_control.matched, false),
    ],
  );
  return { trigger_classifications, negative_control };
}

async function gateOfIterations(stage: Stage): Promise<void> {
  const { canonical_phrase: trigger, intent: trigger_intent } = TRIGGER_TABLE[0] as (typeof TRIGGER_TABLE)[number];
  const correlation_id = "nl-loop-gate-policy";
  const required = ["adversarial_check"];
  const metadata = { trigger, trigger_intent, correlation_id };
  const task = await stage.boundTask("adversarial-triggers-loop", {
    max_iterations: 3,
    required,
    seed: SEED,
    metadata,
  });
  const stored = await stage.runOf(task);
  const run = {
    id: task.run_id,
    current_iteration: stored["current_iteration"],
    max_iterations: stored["max_iterations"],
    required_before_continue: stored["required_before_continue"],
  };
  stage.checks.note("loop_gate_trigger_creates_policy", { correlation_id, run, trigger }, [
    expecting("run.required_before_continue", run.required_before_continue, required),
    expecting("run.max_iterations", run.max_iterations, 3),
    expecting("metadata.trigger", stored["trigger"], trigger),
    expecting("metadata.trigger_intent", stored["trigger_intent"], trigger_intent),
  ]);
  await stage.blocked("iteration_gate_blocks_before_adversarial_proof", task, {
    correlation_id: "nl-iteration-gate-missing-proof",
    reason: "missing_adversarial_check_evidence",
    missing: required,
  });
  await stage.adversarial(task, "nl-iteration-gate-adversarial-proof");
  const allowed = "iteration_gate_allows_fresh_retry_after_structured_proof";
  const check = await stage.delivered(allowed, task, "nl-iteration-gate-allowed");
  const { consumed, pending_count } = await stage.take(task);
  check["worker_inbox"] = {
    pending_count,
    consumed: consumed && { id: consumed.id, signal_type: consumed.signal_type },
  };
  const after = await stage.runOf(task);
  stage.require(allowed, [
    expecting("the consumed item's type", consumed?.signal_type, "continue_iteration"),
    expecting("current_iteration after it was consumed", after["current_iteration"], 2),
  ]);
}

const PROOF = {
  failure_mode: "the task is called done although nobody tried to disprove it",
  check: "asked for the finish before there was a proof",
  result: "it was refused",
};

async function gateOfFinish(stage: Stage): Promise<void> {
  const suffix = "adversarial-triggers-finish";
  const name = stage.nameOf(suffix);
  const made = await createTask(stage.ctx, { name, goal: "be finished only with a proof", summary: null });
  stage.unbound(suffix, made);
  const add: Call<"criteria.add"> = {
    ...{ task: made.id, criterion: "somebody tried to disprove it", source: "manager_inferred", status: "accepted" },
  };
  const { affected_criterion } = await addCriterion(stage.ctx, operations.criteria.add.input.parse(add));
  const argv = ["finish-task", name, "--require-adversarial-proof", "--json"];
  const premature_finish = await runItself(stage.ctx, argv);
  const correlation_id = "nl-finish-gate-proof";
  const evidence = { evidence_type: "adversarial_check", status: "pass", correlation_id, ...PROOF };
  const change: Call<"criteria.satisfy"> = { task: made.id, criterion_id: affected_criterion.id, evidence };
  await satisfy(stage.ctx, operations.criteria.satisfy.input.parse(change));
  const after_proof = await runItself(stage.ctx, argv);
  stage.checks.note(
    "finish_gate_requires_structured_adversarial_proof",
    { command: `conveyor ${argv.join(" ")}`, correlation_id, premature_finish, after_proof, evidence },
    [
      expecting("premature_finish.returncode", premature_finish.returncode, 1),
      expecting(
        "premature_finish.stderr says that the proof is required",
        premature_finish.stderr.includes("adversarial proof is required"),
        true,
      ),
      expecting("after_proof.returncode", after_proof.returncode, 0),
    ],
  );
}

async function proofOfWorker(stage: Stage): Promise<void> {
  const required = ["adversarial_check"];
  const task = await stage.boundTask("adversarial-triggers-worker", { max_iterations: 3, required, seed: SEED });
  const correlation_id = "nl-worker-directed-proof";
  const { criterion, evidence } = await stage.adversarial(task, correlation_id, { source: "worker_proposed" });
  const kept = ["failure_mode", "check", "result"].map((key) => typeof evidence[key] === "string");
  stage.checks.note(
    "worker_directed_trigger_records_worker_proposed_proof",
    { correlation_id, evidence, source: criterion.source },
    [
      expecting("source", criterion.source, "worker_proposed"),
      expecting("evidence.correlation_id", evidence["correlation_id"], correlation_id),
      expecting("the three texts are kept", kept, [true, true, true]),
    ],
  );
}

async function criteriaOfManager(stage: Stage): Promise<void> {
  const task = await stage.boundTask("adversarial-triggers-criteria");
  const criteria: Criterion[] = [];
  for (const criterion of NEGATIVE_CHECKS) {
    const call = { task: task.task_id, criterion, source: "manager_inferred", status: "accepted" } as const;
    const parsed = operations.criteria.add.input.parse(call satisfies Call<"criteria.add">);
    criteria.push((await addCriterion(stage.ctx, parsed)).affected_criterion);
  }
  const own = criteria.filter(({ source, status }) => source === "manager_inferred" && status === "accepted");
  stage.checks.note(
    "acceptance_criteria_trigger_records_negative_manager_criteria",
    {
      correlation_id: "nl-manager-criteria-negative-checks",
      criteria: criteria.map(({ id, criterion, source, status }) => ({ id, criterion, source, status })),
      manager_inferred_criteria_count: own.length,
    },
    [expecting("manager_inferred_criteria_count", own.length, NEGATIVE_CHECKS.length)],
  );
}
