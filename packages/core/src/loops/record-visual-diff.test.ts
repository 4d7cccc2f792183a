import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Call, operations } from "@conveyor/contracts";
import { writeRgbaPng } from "@conveyor/host";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rowsOf } from "../dispatch/testing/scenes.ts";
import { createWorld } from "../testing/world.ts";
import { createFromTemplate } from "./list-templates.ts";
import { recordVisualDiff } from "./record-visual-diff.ts";

const world = createWorld();
afterAll(() => world.close());

const at = (name: string) => join(world.root, name);
const paint = (name: string, values: readonly number[]) =>
  writeRgbaPng(at(name), { width: 2, height: 2, pixels: Uint8Array.from(values.flatMap((v) => [v, v, v, 255])) });
let loop = { task: "", loop_run: "" };

beforeAll(async () => {
  const task = await world.task({ name: "view" });
  const call = operations.loops.createFromTemplate.input.parse({ task: task.id, template: "visual_diff_loop" });
  loop = { task: task.id, loop_run: (await createFromTemplate(world.ctx, call)).id };
  await paint("reference.png", [0, 0, 0, 0]);
  await paint("candidate.png", [0, 0, 0, 0]);
});

const record = (more: Partial<Call<"loops.recordVisualDiff">> = {}) =>
  recordVisualDiff(
    world.ctx,
    operations.loops.recordVisualDiff.input.parse({
      ...loop,
      ...{ reference: at("reference.png"), candidate: at("candidate.png"), threshold: 0.2, ...more },
    }),
  );
const receipts = () =>
  rowsOf(world, "SELECT evidence_type, loop_iteration, status, proof FROM acceptance_criteria ORDER BY id");

describe("loop-evidence visual-diff", () => {
  it("records the report and the comparison with the threshold, and a regression closes the gate again", async () => {
    const report_output = at("out/report.json");
    const passed = await record({ report_output, correlation_id: "pass-1" });
    expect(passed).toMatchObject({
      diff: { diff_score: 0, below_threshold: true, viewport: "2x2" },
      evidence: {
        ...{ evidence_type: "visual_diff_report", diff_score: 0, viewport: "2x2", correlation_id: "pass-1" },
        ...{ artifact_path: report_output, artifact: { absolute_path: report_output } },
      },
      threshold_criterion: { status: "satisfied" },
      threshold_evidence: { status: "pass", threshold: 0.2, diff_score: 0 },
      requirements: { checked: true, missing: [] },
      run: { preset: "visual_diff_loop" },
      warnings: [],
    });
    expect(JSON.parse(readFileSync(report_output, "utf8"))).toEqual(passed.diff);

    await paint("candidate.png", [0, 0, 0, 1]);
    const failed = await record({ threshold: 0.1 });
    expect(failed.threshold_criterion).toMatchObject({ id: passed.threshold_criterion.id, status: "rejected" });
    expect(failed.threshold_evidence).toMatchObject({ status: "fail", diff_score: 0.25 });
    expect(await receipts()).toEqual([
      {
        ...{ evidence_type: "visual_diff_report", loop_iteration: 1, status: "satisfied" },
        proof: "there is a report of the comparison of 2x2 pixels",
      },
      {
        ...{ evidence_type: "diff_below_threshold", loop_iteration: 1, status: "rejected" },
        proof: "the score 0.25 is above the threshold 0.1",
      },
    ]);
  });

  it.each([
    ["an unknown task", { task: "nowhere" }],
    ["an unknown run", { loop_run: "nowhere" }],
    ["an iteration beyond the maximum", { iteration: 5 }],
  ] as const)("looks at %s before it opens a picture", async (_, wrong) => {
    const before = await receipts();
    const diff_output = at("never.png");
    const missing = { reference: at("missing.png"), diff_output };
    await expect(record({ ...missing, ...wrong })).rejects.not.toThrow(/missing\.png/);
    expect([existsSync(diff_output), await receipts()]).toEqual([false, before]);
  });

  it("records nothing of pictures that cannot be compared", async () => {
    const before = await receipts();
    writeFileSync(at("empty.png"), "");
    await writeRgbaPng(at("small.png"), { width: 1, height: 1, pixels: new Uint8Array(4) });
    for (const name of ["empty.png", "small.png", "missing.png"]) {
      await expect(record({ candidate: at(name), report_output: at("no.json") })).rejects.toMatchObject({
        code: "invalid_input",
      });
    }
    expect([existsSync(at("no.json")), await receipts()]).toEqual([false, before]);
  });
});
