import type { Criterion } from "@conveyor/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluateGates, type GateSnapshot } from "./gates.ts";

const ALL = {
  require_criteria_audit: true,
  require_acks: true,
  require_epilogue: true,
  require_adversarial_proof: true,
  strict_decisions: true,
  require_proof: true,
};
const evidence = {
  evidence_type: "adversarial_check",
  failure_mode: "lost rows",
  check: "kill -9",
  result: "none lost",
};
const criterion = {
  id: 1,
  criterion: "survives",
  status: "satisfied",
  source: "manager_inferred",
  evidence,
} as unknown as Criterion;
const ack = { id: 1, binding_id: "b", manager_config_revision: 1 };
const sound: GateSnapshot = {
  criteria: [criterion],
  worker_ack: ack,
  manager_ack: ack,
  binding_id: "b",
  config: { require_acks: false, epilogues: ["run-tools"], revision: 1 },
  epilogue_runs: new Map([["run-tools", { id: 1, state: "succeeded" }]]),
  decision: { ok: true, decision_id: 1, decision: null, allowed_decisions: ["stop"], warnings: [] },
  proof: {
    policy: "auto",
    moved: false,
    criteria: [
      {
        criterion_id: 1,
        status: "satisfied",
        state: "verified",
        reason: "",
        isolated: false,
        has_checks: true,
        next: null,
      },
    ],
  },
};
const stages = (snapshot: GateSnapshot) => evaluateGates(snapshot, ALL).failures.map(({ stage }) => stage);

describe("the gates of a finish", () => {
  it("let a task through when everything that was asked for is there", () => {
    expect(stages(sound)).toEqual([]);
  });

  it.each<[string, Partial<GateSnapshot>, string]>([
    ["an acknowledgement is missing", { worker_ack: null }, "final_ack_audit"],
    [
      "the closing steps cannot be read",
      { config: { require_acks: false, epilogues: null, revision: 1 } },
      "final_epilogue_audit",
    ],
    ["a step did not run", { epilogue_runs: new Map() }, "final_epilogue_audit"],
    ["there is no criterion at all", { criteria: [] }, "final_adversarial_audit"],
    [
      "a criterion has a status that nobody knows",
      { criteria: [criterion, { ...criterion, status: "Satisfied" as never }] },
      "final_criteria_audit",
    ],
    [
      "the proof is the worker's own",
      { criteria: [{ ...criterion, source: "worker_proposed" }] },
      "final_adversarial_audit",
    ],
    [
      "the decision is good and doubtful at once",
      { decision: { ...sound.decision, warnings: ["decision_stale"] } },
      "manager_decision",
    ],
    [
      "the decision is not good and nothing is wrong with it",
      { decision: { ...sound.decision, ok: false } },
      "manager_decision",
    ],
  ])("refuse when %s", (_what, changed, stage) => {
    expect(stages({ ...sound, ...changed })).toContain(stage);
  });

  it("refuse every state of a closing step but succeeded, and every status that leaves a criterion open", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom("Succeeded", "succeeded ", "skipped", "running")), (state) => {
        fc.pre(state !== "succeeded");
        expect(stages({ ...sound, epilogue_runs: new Map([["run-tools", { id: 1, state }]]) })).toContain(
          "final_epilogue_audit",
        );
        fc.pre(!["proposed", "satisfied", "deferred", "rejected"].includes(state));
        const open = { ...criterion, id: 2, status: state as never };
        expect(stages({ ...sound, criteria: [criterion, open] })).toContain("final_criteria_audit");
      }),
    );
  });

  it("let nothing through for a part of the snapshot that is not what it should be", () => {
    const wrong = fc.anything({ withMap: true, withSet: true, withNullPrototype: true });
    const parts = ["worker_ack", "manager_ack", "decision", "epilogue_runs", "criteria", "config"] as const;
    fc.assert(
      fc.property(fc.constantFrom(...parts), wrong, (part, value) => {
        // A task without a config requires no closing steps, and one with a list of none neither.
        const config = value as { epilogues?: unknown } | null;
        fc.pre(
          part !== "config" || (config !== null && !(typeof config === "object" && Array.isArray(config.epilogues))),
        );
        fc.pre(!part.endsWith("_ack") || !Number.isInteger((value as { id?: unknown } | null)?.id));
        let refusals: string[] = ["thrown"];
        try {
          refusals = stages({ ...sound, [part]: value } as GateSnapshot);
        } catch {
          // What cannot be evaluated does not finish.
        }
        expect(refusals).not.toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});
