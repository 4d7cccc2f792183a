import { z } from "zod";
import { cli, operation } from "../operation.ts";
import { BUNDLED_SKILL_NAMES, SKILL_AGENTS } from "./words.ts";

/** `skill show` (spec 06 §6.9). */
export const showSkill = operation({
  path: "system.showSkill",
  kind: "query",
  summary: "Print a bundled skill as an agent gets it, of exactly this version of the program",
  ledger: "none",
  cli: {
    command: "skill",
    action: "show",
    place: 140,
    prints: "text",
    here: true,
    notes: "For agents that have no skills installed: what it prints is what install-skills would put in place.",
    examples: ["skill show", "skill show codex-review --for claude"],
  },
  input: z.object({
    name: cli(z.enum(BUNDLED_SKILL_NAMES), { position: 0, placeholder: "skill" })
      .default("manage-codex-workers")
      .describe("the skill"),
    for: z.enum(SKILL_AGENTS).default("codex").describe("the agent that reads it"),
  }),
  output: z.object({
    name: z.string(),
    for: z.enum(SKILL_AGENTS),
    version: z.string().describe("of this program"),
    source: z.string().describe("the folder it is made from"),
    markdown: z.string(),
  }),
});
