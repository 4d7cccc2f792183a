import { LOOP_TEMPLATES } from "@conveyor/contracts";
import { describe, expect, it } from "vitest";
import { planLoopPolicy, policyRunName } from "./plan-policy.ts";
import { LOOP_TEMPLATE_TABLE } from "./templates.ts";

const templateCalled = (name: string) => LOOP_TEMPLATE_TABLE.find((template) => template.name === name);
const wish = { required_before_continue: [], adversarial: false, current_iteration: 1, source: "test" };

describe("the loop templates", () => {
  it("stand in the order of their names, each of the contract's names once", () => {
    expect(LOOP_TEMPLATE_TABLE.map(({ name }) => name)).toEqual([...LOOP_TEMPLATES].sort());
  });

  it("require of every described object all of its properties", () => {
    for (const { artifact_requirements } of LOOP_TEMPLATE_TABLE) {
      for (const [name, { type, properties, required, description }] of Object.entries(artifact_requirements)) {
        expect(description, name).not.toBe("");
        if (type === "object") expect(required, name).toEqual(Object.keys(properties ?? {}));
      }
    }
  });

  it("describe the nine kinds of evidence that shipping needs", () => {
    const ship = LOOP_TEMPLATE_TABLE.find(({ name }) => name === "ship_it_loop");
    expect(ship?.required_before_continue).toHaveLength(9);
    expect(Object.keys(ship?.artifact_requirements ?? {})).toEqual(ship?.required_before_continue);
    expect(ship?.stop_conditions).toContain("manager_accepts");
  });
});

describe("planning a loop policy", () => {
  it("makes none without template and evidence, also with a number of iterations", () => {
    expect(planLoopPolicy({ ...wish, max_iterations: 9 })).toBeNull();
  });

  it("adds evidence to the template's, each kind once", () => {
    const policy = planLoopPolicy({
      ...wish,
      template: templateCalled("build_then_clear"),
      required_before_continue: [" lint ", "cleanup"],
      adversarial: true,
    });
    expect(policy).toMatchObject({
      kind: "ralph_loop",
      policy_record: true,
      preset: "build_then_clear",
      template: "build_then_clear",
      cleanup_policy: "clear",
      max_iterations: 2,
      current_iteration: 1,
      required_before_continue: ["build_passed", "cleanup", "lint", "adversarial_check"],
      artifact_requirements: { adversarial_check: { type: "object" } },
    });
  });

  it("describes the adversarial check of a custom policy", () => {
    const policy = planLoopPolicy({ ...wish, adversarial: true, cleanup_policy: "off", source: "here" });
    expect(policy).toMatchObject({
      preset: null,
      source: "here",
      cleanup_policy: "off",
      max_iterations: 2,
      stop_conditions: ["max_iterations", "required_evidence"],
      artifact_requirements: { adversarial_check: { required: ["failure_mode", "check", "result"] } },
    });
    expect(policy).not.toHaveProperty("template");
  });

  it.each([
    ["an empty evidence type", { required_before_continue: [" "] }, "required_before_continue"],
    ["a number above the maximum", { adversarial: true, current_iteration: 3 }, "current_iteration"],
    [
      "a clean-up policy beside a template",
      { template: templateCalled("test_coverage_loop"), cleanup_policy: "off" },
      "cleanup_policy",
    ],
  ] as const)("refuses %s and names the field", (_what, wrong, field) => {
    expect(() => planLoopPolicy({ ...wish, ...wrong })).toThrow(
      expect.objectContaining({ code: "invalid_input", details: { field } }),
    );
  });

  it("names a run after its task and the moment", () => {
    expect(policyRunName("ctl", "2026-01-02T03:04:05.678Z")).toBe("ctl-ralph-loop-2026-01-02T030405-678Z");
  });
});
