import { expect } from "vitest";
import { inEveryMode } from "../support/world/in-every-mode.ts";

inEveryMode("somebody looks up what to try by hand", async (world) => {
  const { plans } = await world.ask<"qa.listPlans">("qa-plan", "--list");
  expect(plans).toHaveLength(9);

  const standard = await world.ask<"qa.plan">("qa-plan");
  expect(standard.scenario).toBe("self-management");

  const shown = await world.cli("qa-plan", "ship-it-loop");
  const headings = shown.stdout.split("\n").filter((line) => /^[A-Z].*:/.test(line));
  expect(headings).toEqual([
    ...["QA plan: ship-it-loop", "Authority boundaries:", "Expected observations:", "Correlation markers:"],
    "Evidence template:",
  ]);

  const { code, error } = await world.refused("qa-plan", "ship-it");
  expect([code, error.hint]).toEqual([2, "did you mean ship-it-loop?"]);
  expect(error.message).toContain("self-management, setup-bundle-dogfood, ship-it-loop");
});
