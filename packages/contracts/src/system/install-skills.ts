import { z } from "zod";
import { filePath } from "../bounds.ts";
import { cli, operation } from "../operation.ts";
import { SKILL_AGENTS } from "./words.ts";

/** `install-skills` (spec 01 §6.19). */
export const installSkills = operation({
  path: "system.installSkills",
  kind: "mutation",
  summary: "Copy the bundled skills into the home of Codex or of Claude Code, each replaced as a whole",
  ledger: "none",
  refuses: ["side_effect_failed"],
  cli: {
    command: "install-skills",
    place: 100,
    prints: "text",
    here: true,
    notes: "Both agents get their own text, made from the same source; its front matter says of which version it is.",
    examples: ["install-skills", "install-skills --for claude", "install-skills --dry-run --json"],
  },
  input: z.object({
    codex_home: cli(filePath, { path: true, placeholder: "dir" })
      .optional()
      .describe("Codex home; default: CODEX_HOME, else ~/.codex"),
    for: z.enum(SKILL_AGENTS).default("codex").describe("the agent that reads them"),
    claude_home: cli(filePath, { path: true, placeholder: "dir" })
      .optional()
      .describe("home of Claude Code, for --for claude; default: CLAUDE_CONFIG_DIR, else ~/.claude"),
    dry_run: z.boolean().default(false).describe("say what would be copied, and copy nothing"),
  }),
  output: z.object({
    codex_home: z.string(),
    for: z.enum(SKILL_AGENTS),
    home: z.string().describe("where they went: the Codex home, or that of Claude Code"),
    version: z.string().describe("of this program, which the skills carry"),
    dry_run: z.boolean(),
    installed: z.array(z.string()).describe("names of the skills that were copied"),
    skills: z.array(z.object({ name: z.string(), source: z.string(), target: z.string() })),
  }),
});
