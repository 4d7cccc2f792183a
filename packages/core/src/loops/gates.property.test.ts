import type { Criterion, Decision } from "@conveyor/contracts";
import { PERMISSION_ACTIONS, PERMISSION_ALIASES, permissionActions } from "@conveyor/contracts/contract/permissions";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalisePermissions } from "../contract/permissions.ts";
import { isAdversarialProof } from "../criteria/criterion.ts";
import { validateDecision } from "../decisions/validate-decision.ts";
import { checkPermission } from "../dispatch/delivery/permission-gate.ts";
import { guardOf, judgeConflicts, judgeMerge } from "./merge-gate.ts";
import { judgeContinuation, type LoopPolicy, loopPolicyOf } from "./policy.ts";
import { NO_RULES } from "./rules.ts";

const NOW = "2026-01-01T00:00:00.000Z";
const beside = { rules: NO_RULES, now: NOW };

/** Anything that JSON can hold, with the words that gates know strewn in. */
const words = [
  "true",
  "yes",
  "pass",
  "passed",
  "ok",
  "merge_ready",
  "manager_merge_decision",
  "off",
  "satisfied",
  ...PERMISSION_ACTIONS,
];
const leaf = fc.oneof(
  fc.boolean(),
  fc.double({ noNaN: true }),
  fc.string(),
  fc.constant(null),
  fc.constantFrom(...words),
);
const json = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    fc.array(tie("any"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom(...words)), tie("any"), { maxKeys: 4 }),
  ),
})).any;
const notText = json.filter((value) => typeof value !== "string");

describe("permissions", () => {
  const names = [...PERMISSION_ACTIONS, ...Object.keys(PERMISSION_ALIASES)];
  const categories = [...new Set(PERMISSION_ACTIONS.map((action) => action.split(".")[0] as string))];
  const object = fc.dictionary(fc.constantFrom(...names, ...categories), json, { maxKeys: 8 });

  /** What ruling 8 of spec 00 grants, said the long way round. */
  function isGranted(stored: Record<string, unknown>, action: string): boolean {
    const [category = "", name = ""] = action.split(".");
    const list = stored[category];
    const byList = Array.isArray(list) && list.every((item) => typeof item === "string") && list.includes(name);
    const told = Object.entries(stored).filter(
      ([key]) => !categories.includes(key) && permissionActions(key)?.includes(action),
    );
    return (byList || told.some(([, value]) => value === true)) && told.every(([, value]) => value === true);
  }

  it("are granted by exactly true or exactly a list, at the gate as in the config", () => {
    fc.assert(
      fc.property(object, fc.constantFrom(...PERMISSION_ACTIONS), (stored, action) => {
        const [category = "", name = ""] = action.split(".");
        const { allowed } = checkPermission(action, JSON.stringify(stored));
        expect(allowed).toBe(isGranted(stored, action));
        expect(normalisePermissions(stored)[category]?.includes(name)).toBe(allowed);
      }),
      { numRuns: 1000 },
    );
  });

  it("are never granted by what is no object, or for what is no permission", () => {
    fc.assert(
      fc.property(json, fc.string(), (stored, action) => {
        if (stored === null || typeof stored !== "object" || Array.isArray(stored)) {
          for (const known of PERMISSION_ACTIONS)
            expect(checkPermission(known, JSON.stringify(stored)).allowed).toBe(false);
        }
        if (permissionActions(action) === undefined)
          expect(checkPermission(action, JSON.stringify(stored)).allowed).toBe(false);
        expect(checkPermission("repo.merge_green_pr", `${JSON.stringify(stored)}{`).allowed).toBe(false);
      }),
    );
  });
});

describe("the merge gate", () => {
  const run = (metadata: unknown) => ({
    id: "run-1",
    task_id: "task-1",
    name: "ship",
    purpose: "ralph_loop",
    metadata_json: JSON.stringify(metadata),
  });
  const sound = { current_iteration: 1, max_iterations: 2, required_before_continue: ["manager_merge_decision"] };
  const isGuarded = (metadata: unknown) => {
    const guard = guardOf(run(metadata));
    return guard === "unreadable" || guard?.merges === true;
  };

  it("holds when a field that it decides by is missing or of another form", () => {
    const fields = ["current_iteration", "max_iterations", "required_before_continue"] as const;
    const garbled = fc.tuple(fc.constantFrom(...fields), fc.oneof(json, fc.constant(undefined)));
    fc.assert(
      fc.property(garbled, ([field, value]) => {
        const guard = guardOf(run({ ...sound, [field]: value }));
        if (guard === null || guard === "unreadable" || guard.merges) return;
        // The only readable thing that guards no merging is a list of types that leaves the decision out, or no list.
        expect(field).toBe("required_before_continue");
        expect(value === undefined || Array.isArray(value)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ["a text", "manager_merge_decision"],
    ["a list in a list", [["manager_merge_decision"]]],
    ["other case", ["Manager_Merge_Decision"]],
    ["hyphens", ["manager-merge-decision"]],
    ["blanks around", [" manager_merge_decision "]],
    ["Cyrillic letters", ["m\u0430nager_merge_decision"]],
    ["a joiner inside", ["manager_\u200bmerge_decision"]],
    ["an object", { manager_merge_decision: true }],
    ["null", null],
  ])("holds when the decision is required as %s", (_what, required_before_continue) => {
    expect(isGuarded({ ...sound, required_before_continue })).toBe(true);
  });

  it("is opened by exactly `off` and by a time at which the loop was closed, by nothing else", () => {
    expect(isGuarded({ ...sound, merge_gate: "off" })).toBe(false);
    expect(isGuarded({ ...sound, closed_at: "2026-01-01T00:00:00.000Z" })).toBe(false);
    fc.assert(
      fc.property(json, (value) => {
        if (value !== "off") expect(isGuarded({ ...sound, merge_gate: value })).toBe(true);
        if (typeof value !== "string") expect(isGuarded({ ...sound, closed_at: value })).toBe(true);
      }),
    );
  });

  it("holds over metadata that is no object", () => {
    fc.assert(
      fc.property(
        json.filter((value) => value === null || typeof value !== "object" || Array.isArray(value)),
        (metadata) => {
          expect(guardOf(run(metadata))).toBe("unreadable");
        },
      ),
    );
    expect(guardOf({ ...run({}), metadata_json: "{" })).toBe("unreadable");
  });

  const policy = loopPolicyOf(run(sound)) as LoopPolicy;
  const receipt = (evidence_type: string, facts: Record<string, unknown> = {}) => ({
    evidence_type,
    status: "satisfied",
    source: "manager_inferred",
    id: 1,
    updated_at: NOW,
    updated_seq: 1,
    evidence: { evidence_type, ralph_loop_run_id: "run-1", iteration: 1, ...facts } as Record<string, unknown>,
  });
  const proofs = [
    ...["branch_ready", "branch_pushed", "pr_url", "ci_green", "mergeability_clean"].map((type) => receipt(type)),
    receipt("manager_merge_decision", { decision: "merge_ready", manager_verified: true }),
    receipt("adversarial_check", { failure_mode: "lost rows", check: "kill -9", result: "none lost" }),
  ];
  const rows = (receipts: typeof proofs) =>
    receipts.map(({ evidence, ...row }) => ({ ...row, evidence_json: JSON.stringify(evidence) }));

  it("opens when everything is proved, so that the cases below say something", () => {
    expect(judgeMerge(policy, rows(proofs), beside).reason).toBeNull();
  });

  it("holds when any fact of any proof is another one", () => {
    const spots = proofs.flatMap((proof, index) =>
      Object.keys(proof.evidence)
        .slice(1)
        .map((key) => ({ index, key })),
    );
    fc.assert(
      fc.property(fc.constantFrom(...spots), fc.oneof(notText, fc.constant(undefined)), ({ index, key }, value) => {
        const proof = proofs[index] as (typeof proofs)[number];
        if (JSON.stringify(proof.evidence[key]) === JSON.stringify(value)) return;
        const changed = proofs.with(index, { ...proof, evidence: { ...proof.evidence, [key]: value } });
        expect(judgeMerge(policy, rows(changed), beside).reason).not.toBeNull();
      }),
      { numRuns: 1000 },
    );
  });

  it("holds when any proof is missing, unsatisfied, from the worker, or says anything but a pass word", () => {
    for (const [index, proof] of proofs.entries()) {
      const reason = (one: typeof proof) => judgeMerge(policy, rows(proofs.with(index, one)), beside).reason;
      expect(judgeMerge(policy, rows(proofs.toSpliced(index, 1)), beside).reason).not.toBeNull();
      for (const status of ["proposed", "rejected", "Satisfied", ""])
        expect(reason({ ...proof, status })).not.toBeNull();
      for (const status of ["not ok", "blocked", "failing", "f\u0430iled", "pas\u200bs", false, 1, {}, ""]) {
        expect(reason({ ...proof, evidence: { ...proof.evidence, status } })).not.toBeNull();
      }
    }
    for (const index of [5, 6]) {
      for (const source of ["worker_proposed", "worker", ""]) {
        const told = proofs.with(index, { ...(proofs[index] as (typeof proofs)[number]), source });
        expect(judgeMerge(policy, rows(told), beside).reason).not.toBeNull();
      }
    }
  });

  it("refuses conflicts after two attempts that do not say resolved, whatever limit and reset are garbled to", () => {
    const attempt = (outcome: unknown) => ({ ...receipt("conflict_attempt", { outcome }), updated_seq: 5 });
    const history = (outcome: unknown) => rows([attempt(outcome), attempt(outcome)]);
    fc.assert(
      fc.property(json, (value) => {
        if (value !== "resolved") expect(judgeConflicts(history(value), {}).reason).not.toBeNull();
        if (typeof value === "number" && Number.isInteger(value)) return;
        const garbled = { conflict_policy: { max_retries: value }, conflict_state: { reset_seq: value } };
        expect(judgeConflicts(history("unresolved"), garbled).reason).not.toBeNull();
      }),
    );
  });

  it("continues nothing for a policy or a receipt that is garbled", () => {
    const ready = [receipt("build_passed")];
    const judge = (metadata: Record<string, unknown>, receipts = ready) => {
      const read = loopPolicyOf(run(metadata));
      if (read === undefined) return "unreadable";
      const times = { started_at: NOW, now: NOW, blocked_attempts: 0, diffs: [] };
      const facts = {
        policy: read,
        rules: NO_RULES,
        closed: false,
        already_pending: false,
        pending_command_id: null,
        ...times,
      };
      return judgeContinuation({ ...facts, receipts: rows(receipts) }, 2).reason;
    };
    const loop = { current_iteration: 1, max_iterations: 2, required_before_continue: ["build_passed"] };
    expect(judge(loop)).toBeNull();
    fc.assert(
      fc.property(fc.constantFrom("current_iteration", "max_iterations"), json, (field, value) => {
        const isNumber =
          (typeof value === "number" || typeof value === "string") &&
          /^\d+$/.test(String(value)) &&
          Number.isSafeInteger(Number(value));
        if (!isNumber) expect(judge({ ...loop, [field]: value })).not.toBeNull();
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom("ralph_loop_run_id", "iteration", "status"), notText, (key, value) => {
        if (value === 1 || (key === "status" && value === null)) return;
        expect(judge(loop, [receipt("build_passed", { [key]: value })])).not.toBeNull();
      }),
    );
  });
});

it("adversarial proof takes nothing but the whole structure", () => {
  const evidence: Record<string, unknown> = {
    evidence_type: "adversarial_check",
    failure_mode: "a",
    check: "b",
    result: "c",
  };
  const proof = (changed: object) =>
    ({ status: "satisfied", source: "manager_inferred", evidence, ...changed }) as Criterion;
  expect(isAdversarialProof(proof({}))).toBe(true);
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(evidence)),
      fc.oneof(notText, fc.constant("\u200b \u2028")),
      (key, value) => {
        expect(isAdversarialProof(proof({ evidence: { ...evidence, [key]: value } }))).toBe(false);
      },
    ),
  );
  fc.assert(
    fc.property(json, json, (status, source) => {
      if (status !== "satisfied") expect(isAdversarialProof(proof({ status }))).toBe(false);
      expect(isAdversarialProof(proof({ source }))).toBe(false);
    }),
  );
});

it("a decision justifies nothing unless task, kind and time are right", () => {
  const now = new Date("2026-01-01T01:00:00.000Z");
  const right = { id: 7, task_id: "task-1", decision: "stop", created_at: "2026-01-01T00:50:00.000Z" };
  const judge = (changed: object) =>
    validateDecision(
      { decision_id: 7, task_id: "task-1", allowed: ["stop"] },
      { ...right, ...changed } as Decision,
      now,
    ).ok;
  expect(judge({})).toBe(true);
  fc.assert(
    fc.property(fc.constantFrom("task_id", "decision", "created_at"), fc.string(), (key, value) => {
      if (!Object.values(right).includes(value)) expect(judge({ [key]: value })).toBe(false);
    }),
  );
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true }), (date) => {
      const age = (now.getTime() - date.getTime()) / 1000;
      expect(judge({ created_at: date.toISOString() })).toBe(
        age <= 900 && age >= -60 && !date.toISOString().startsWith("+"),
      );
    }),
  );
});
