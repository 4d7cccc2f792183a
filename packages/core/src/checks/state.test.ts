import { PROOF_POLICIES, PROOF_STATES } from "@conveyor/contracts/checks/words";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CheckFacts, type CriterionFacts, notProven, proofStateOf } from "./state.ts";

const run = { state: "passed", revision: 1, covers_hash: "now", isolated: true };
const check: CheckFacts = { name: "tests", revision: 1, newest: run, passed_revision: 1, present_hash: "now" };
const sound: CriterionFacts = { is_waived: false, is_claimed: false, guards_changed: false, checks: [check] };
const stateOf = (facts: Partial<CriterionFacts>) => proofStateOf({ ...sound, ...facts }).state;
const withCheck = (facts: Partial<CheckFacts>) => stateOf({ checks: [{ ...check, ...facts }] });

describe("the proof state of a criterion", () => {
  it.each([
    ["verified", {}],
    ["waived", { is_waived: true, checks: [] }],
    ["unproven", { checks: [] }],
    ["claimed", { checks: [], is_claimed: true }],
    ["doubtful", { guards_changed: true }],
    ["doubtful", { guards_changed: null }],
  ] as const)("is %s of %j", (expected, facts) => expect(stateOf(facts)).toBe(expected));

  it.each([
    ["unproven", { newest: null, passed_revision: null }],
    ["failed", { newest: { ...run, state: "failed" } }],
    ["failed", { newest: { ...run, state: "timed_out" } }],
    ["failed", { newest: { ...run, state: "error" } }],
    ["stale", { newest: { ...run, covers_hash: "then" } }],
    ["stale", { newest: { ...run, state: "failed", covers_hash: "then" } }],
    ["unproven", { newest: { ...run, state: "failed", covers_hash: "then" }, passed_revision: null }],
    ["running", { newest: { ...run, state: "running" }, passed_revision: null }],
    ["doubtful", { revision: 2 }],
    ["stale", { present_hash: null }],
  ] as const)("is %s of a check that is %j", (expected, facts) => expect(withCheck(facts)).toBe(expected));

  it("is verified by nothing but a pass of the present definition on the present files, whatever else stands there", () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom("passed", "Passed", "passed ", "now", "then", "failed", "running"),
    );
    const anything = fc.oneof(text, fc.integer(), fc.constant(null), fc.constant(undefined), fc.boolean());
    const anyRun = fc.record({ state: anything, revision: anything, covers_hash: anything, isolated: anything });
    const anyCheck = fc.record({
      name: fc.string(),
      revision: fc.oneof(fc.constant(1), anything),
      newest: fc.oneof(fc.constant(null), fc.constant(run), anyRun),
      passed_revision: anything,
      present_hash: fc.oneof(fc.constant("now"), anything),
    });
    const facts = fc.record({
      is_waived: fc.oneof(fc.constant(false), anything),
      is_claimed: fc.boolean(),
      guards_changed: fc.oneof(fc.constant(false), anything),
      checks: fc.array(anyCheck, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(facts, (given) => {
        const { state } = proofStateOf(given as unknown as CriterionFacts);
        expect(PROOF_STATES).toContain(state);
        if (state === "waived") expect(given.is_waived).toBe(true);
        if (state !== "verified") return;
        expect(given.guards_changed).toBe(false);
        expect(given.checks.length).toBeGreaterThan(0);
        for (const { newest, revision, present_hash } of given.checks) {
          expect(newest).toMatchObject({ state: "passed", revision, covers_hash: present_hash });
          expect(present_hash).not.toBeNull();
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("what a policy demands", () => {
  const criterion = { criterion_id: 1, status: "accepted", state: "verified", isolated: false, has_checks: true };
  it.each([
    ["off", { state: "failed" }, true],
    ["auto", {}, true],
    ["auto", { state: "stale" }, false],
    ["auto", { state: "claimed", has_checks: false }, true],
    ["auto", { state: "stale", status: "satisfied" }, false],
    ["auto", { state: "stale", status: "deferred" }, true],
    ["all", { state: "claimed", has_checks: false }, false],
    ["all", { state: "waived", has_checks: false }, true],
    ["isolated", {}, false],
    ["isolated", { isolated: true }, true],
    ["isolated", { state: "waived" }, true],
  ] as const)("%s of %j: %s", (policy, facts, passes) => {
    expect(notProven(policy, [{ ...criterion, ...facts }]).length === 0).toBe(passes);
  });

  it("is everything where nobody knows the policy, and no unknown state ever passes", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (policy, state, status) => {
        fc.pre(!["proposed", "deferred", "rejected"].includes(status));
        const given = { ...criterion, state, status, isolated: true };
        const known = (PROOF_POLICIES as readonly string[]).includes(policy);
        fc.pre(policy !== "off" && !["verified", "waived"].includes(state));
        expect(notProven(policy, [given])).toHaveLength(1);
        if (!known) expect(notProven(policy, [criterion])).toHaveLength(1);
      }),
    );
  });
});
