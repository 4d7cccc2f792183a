import { z } from "zod";
import { operation } from "../operation.ts";
import { pluginHome, pluginState } from "./plugin.ts";

/** `install-plugin` (spec 06 §6.8.2). */
export const installPlugin = operation({
  path: "system.installPlugin",
  kind: "mutation",
  summary: "Copy the operator plugin and all skills into the Codex home, each replaced as a whole",
  ledger: "none",
  refuses: ["side_effect_failed"],
  cli: {
    command: "install-plugin",
    place: 110,
    prints: "text",
    here: true,
    examples: ["install-plugin", "install-plugin --dry-run --json"],
  },
  input: z.object({
    codex_home: pluginHome,
    dry_run: z.boolean().default(false).describe("say what would be copied, and copy nothing"),
  }),
  output: pluginState.extend({
    dry_run: z.boolean(),
    installed_skills: z.array(z.string()).describe("names of the skills that were copied"),
  }),
});
