import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { inEveryMode } from "../support/world/in-every-mode.ts";

inEveryMode("criteria are reworded, labelled and merged, and everything says who changed what", async (world) => {
  await world.pair("parser");
  const add = ["criteria", "parser", "--add", "--source", "user_requested", "--status", "accepted", "--criterion"];
  const { affected_criterion: kept } = await world.ask<"criteria.add">(...add, "it parses");
  const { affected_criterion: gone } = await world.ask<"criteria.add">(...add, "it parses too");
  const [id, other] = [String(kept.id), String(gone.id)];
  const words = ["criteria", "parser", "--edit", id, "--criterion", "it parses all", "--label", "core"];
  expect((await world.ask<"criteria.edit">(...words)).affected_criterion.labels).toEqual(["core"]);
  const merged = await world.ask<"criteria.merge">("criteria", "parser", "--merge", other, "--into", id);
  expect(merged.summary).toMatchObject({ accepted: 1, rejected: 1 });
  const { entries } = await world.ask<"criteria.history">("criteria", "parser", "--history", other);
  expect(entries.map(({ event }) => event)).toEqual(["acceptance_criterion_added", "acceptance_criterion_updated"]);
  writeFileSync(join(world.project, "report.txt"), "42 tests");
  const attach = ["criteria", "parser", "--attach", id, "--file", join(world.project, "report.txt")];
  expect((await world.ask<"criteria.attach">(...attach)).attachments).toMatchObject([{ bytes: 8, now: "same" }]);
  await world.ask<"contract.configure">("manager-config", "parser", "--evidence-policy", "strict");
  expect((await world.cli("criteria", "parser", "--satisfy", id)).code).toBe(1);
  const { revisions } = await world.ask<"contract.configHistory">("manager-config", "parser", "--history");
  const recipe = ["manager-config", "parser", "--apply-recipe", "nudge-whats-next"];
  expect((await world.cli(...recipe)).code).not.toBe(0);
  const applied = await world.ask<"contract.applyRecipe">(...recipe, "--confirmed", "--seed-criteria");
  expect(applied).toMatchObject({ config: { recipe_name: "nudge-whats-next" }, loop_run_id: null });
  expect(revisions[0]).toMatchObject({
    author: "operator",
    changes: expect.arrayContaining([expect.objectContaining({ field: "evidence_policy", after: "strict" })]),
  });
});
