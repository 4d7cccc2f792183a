import { z } from "zod";
import { count } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { qaPlan } from "./entities.ts";
import { QA_PLANS } from "./words.ts";

/** `qa-plan [SCENARIO]` (spec 05 §5.10). */
export const plan = operation({
  path: "qa.plan",
  kind: "query",
  summary: "Print the plan of a check that an agent or a person does by hand",
  ledger: "none",
  cli: {
    command: "qa-plan",
    place: 10,
    prints: "text",
    examples: ["qa-plan", "qa-plan ralph-loop", "qa-plan ship-it-loop --json"],
  },
  input: z.object({
    scenario: cli(z.enum(QA_PLANS), { position: 0, placeholder: "scenario" })
      .default("self-management")
      .describe("which plan"),
  }),
  output: qaPlan,
});

/** `qa-plan --list`. */
export const listPlans = operation({
  path: "qa.listPlans",
  kind: "query",
  summary: "List the plans of checks that are done by hand",
  ledger: "none",
  cli: { command: "qa-plan", place: 20, select: "list", prints: "text", examples: ["qa-plan --list"] },
  input: z.object({}),
  output: z.object({
    plans: z.array(z.object({ scenario: z.enum(QA_PLANS), about: z.string(), steps: count })),
  }),
});
