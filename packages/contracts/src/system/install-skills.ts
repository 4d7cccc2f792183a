import { z } from "zod";
import { filePath } from "../bounds.ts";
import { cli, operation } from "../operation.ts";

/** `install-skills` (spec 01 §6.19). */
export const installSkills = operation({
  path: "system.installSkills",
  kind: "mutation",
  summary: "Copy the bundled skills into the Codex home, each replaced as a whole",
  ledger: "none",
  refuses: ["side_effect_failed"],
  cli: {
    command: "install-skills",
    place: 100,
    prints: "text",
    here: true,
    examples: ["install-skills", "install-skills --dry-run --json"],
  },
  input: z.object({
    codex_home: cli(filePath, { path: true, placeholder: "dir" })
      .optional()
      .describe("Codex home; default: CODEX_HOME, else ~/.codex"),
    dry_run: z.boolean().default(false).describe("say what would be copied, and copy nothing"),
  }),
  output: z.object({
    codex_home: z.string(),
    dry_run: z.boolean(),
    installed: z.array(z.string()).describe("names of the skills that were copied"),
    skills: z.array(z.object({ name: z.string(), source: z.string(), target: z.string() })),
  }),
});
