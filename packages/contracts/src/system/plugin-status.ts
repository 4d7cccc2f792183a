import { z } from "zod";
import { operation } from "../operation.ts";
import { pluginHome, pluginState } from "./plugin.ts";

/** `plugin-status` (spec 06 §6.8.2). */
export const pluginStatus = operation({
  path: "system.pluginStatus",
  kind: "query",
  summary: "Show whether the operator plugin and the skills are installed, and of this version",
  ledger: "none",
  cli: { command: "plugin-status", place: 120, prints: "text", here: true, examples: ["plugin-status --json"] },
  input: z.object({ codex_home: pluginHome }),
  output: pluginState,
});
