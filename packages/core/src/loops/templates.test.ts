import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { operations } from "@conveyor/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWorld, type World } from "../testing/world.ts";
import { createFromTemplate, listTemplates } from "./list-templates.ts";
import { exportTemplate, importTemplates } from "./template-files.ts";

let world: World;
let files = 0;
beforeAll(() => {
  world = createWorld();
});
afterAll(() => world.close());

function take(content: unknown) {
  const file = join(world.root, `templates-${++files}.json`);
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return importTemplates(world.ctx, { file });
}

const NIGHTLY = {
  name: "nightly",
  extends: "test_coverage_loop",
  description: "Cover more every night.",
  required_before_continue: ["ci_green", "adversarial_check"],
  artifact_requirements: {
    ci_green: { type: "object", description: "the run", properties: { url: { type: "string" } }, required: ["url"] },
  },
  budgets: { max_runtime_minutes: 60 },
  freshness: { ci_green: { max_age_minutes: 5, must_match: { commit_sha: "branch_ready" } } },
};

describe("loop templates of one's own", () => {
  it("are taken from a file with what they extend, and each change is a version that runs pin", async () => {
    const first = await take(NIGHTLY);
    expect(first.imported).toMatchObject([{ name: "nightly", version: 1, created: true }]);
    expect((await take({ templates: [NIGHTLY] })).imported).toMatchObject([{ version: 1, created: false }]);
    const { templates } = await listTemplates(world.ctx, {});
    expect(templates.find(({ name }) => name === "nightly")).toMatchObject({
      max_iterations: 3,
      cleanup_policy: "clear",
      version: 1,
      artifact_requirements: { adversarial_check: { type: "object" }, ci_green: { required: ["url"] } },
    });
    const { name } = await world.task({ name: "pinned" });
    const make = () =>
      createFromTemplate(
        world.ctx,
        operations.loops.createFromTemplate.input.parse({ task: name, template: "nightly", max_blocked_attempts: 2 }),
      );
    expect((await make()).metadata).toMatchObject({
      template: "nightly",
      template_version: 1,
      template_sha256: first.imported[0]?.sha256,
      budgets: { max_runtime_minutes: 60, max_blocked_attempts: 2 },
      freshness: NIGHTLY.freshness,
      max_iterations: 3,
    });
    expect((await take({ ...NIGHTLY, max_iterations: 9 })).imported).toMatchObject([{ version: 2, created: true }]);
    expect((await make()).metadata).toMatchObject({ template_version: 2, max_iterations: 9 });
    const exported = await exportTemplate(world.ctx, { template: "nightly" });
    expect(exported).not.toHaveProperty("version");
    expect((await take(exported)).imported).toMatchObject([{ version: 2, created: false }]);
  });

  it("may extend each other in one file", async () => {
    const base = { name: "base", description: "b", max_iterations: 2, required_before_continue: ["lint"] };
    await take({
      templates: [{ name: "top", extends: "middle", tags: ["x"] }, { name: "middle", extends: "base" }, base],
    });
    const top = await exportTemplate(world.ctx, { template: "top" });
    expect(top).toMatchObject({ tags: ["x"], required_before_continue: ["lint"], cleanup_policy: "off" });
  });

  const whole = { name: "x", description: "d", max_iterations: 1, required_before_continue: [] };
  it.each([
    ["no JSON", "{", { code: "invalid_input", details: { field: "file" } }],
    ["a text", '"x"', { code: "invalid_input" }],
    ["nothing", { templates: [] }, { details: { field: "templates" } }],
    ["a list beside other keys", { templates: [whole], name: "y" }, { details: { field: "templates" } }],
    [
      "an unknown key",
      { ...whole, max_iteration: 2 },
      { message: expect.stringContaining("did you mean max_iterations?") },
    ],
    ["a key of the prototype", '{"__proto__":{},"name":"x"}', { code: "invalid_input" }],
    ["no name", { ...whole, name: undefined }, { details: { field: "name" } }],
    ["a name in look-alike letters", { ...whole, name: "\u0445" }, { details: { field: "name" } }],
    ["no iterations", { ...whole, max_iterations: 0 }, { details: { field: "max_iterations" } }],
    [
      "no list of evidence",
      { name: "x", description: "d", max_iterations: 1 },
      { details: { field: "required_before_continue" } },
    ],
    [
      "evidence that is none",
      { ...whole, required_before_continue: ["\u0441i"] },
      { details: { field: "required_before_continue" } },
    ],
    ["an unknown budget", { ...whole, budgets: { hours: 1 } }, { details: { field: "budgets" } }],
    [
      "a requirement without description",
      { ...whole, artifact_requirements: { a: { type: "path" } } },
      { details: { field: "artifact_requirements" } },
    ],
    [
      "a required property that is not described",
      { ...whole, artifact_requirements: { a: { type: "object", description: "d", required: ["b"] } } },
      { details: { field: "artifact_requirements" } },
    ],
    ["itself as base", { ...whole, extends: "x" }, { message: expect.stringContaining("x -> x") }],
    [
      "a cycle",
      {
        templates: [
          { ...whole, extends: "y" },
          { ...whole, name: "y", extends: "z" },
          { ...whole, name: "z", extends: "x" },
        ],
      },
      { message: expect.stringContaining("x -> y -> z -> x") },
    ],
    ["a base that is unknown", { ...whole, extends: "nowhere" }, { code: "not_found" }],
    ["one name twice", { templates: [whole, whole] }, { details: { field: "name" } }],
    ["a built-in name", { ...whole, name: "ship_it_loop" }, { code: "conflict" }],
    [
      "a good one beside a bad one",
      { templates: [whole, { ...whole, name: "bad", tags: "x" }] },
      { details: { template: "bad", field: "tags" } },
    ],
  ])("refuses %s, and takes nothing", async (_what, content, problem) => {
    const before = (await listTemplates(world.ctx, {})).templates.length;
    await expect(take(content)).rejects.toMatchObject(problem);
    expect((await listTemplates(world.ctx, {})).templates).toHaveLength(before);
  });

  it("refuses what is no file", async () => {
    const folder = join(world.root, "folder");
    mkdirSync(folder);
    for (const file of [folder, join(world.root, "none.json"), "/dev/zero"]) {
      await expect(importTemplates(world.ctx, { file })).rejects.toMatchObject({
        code: "invalid_input",
        details: { field: "file" },
      });
    }
  });

  it("are only the built-in ones where there is no ledger", async () => {
    const { store: _store, ...without } = world.ctx;
    expect((await listTemplates(without, {})).templates).toHaveLength(7);
    await expect(exportTemplate(without, { template: "nightly" })).rejects.toMatchObject({ code: "not_found" });
  });
});
