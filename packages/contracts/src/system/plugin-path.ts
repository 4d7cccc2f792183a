import { z } from "zod";
import { operation } from "../operation.ts";
import { pluginHome, pluginPaths } from "./plugin.ts";

/** `plugin-path` (spec 06 §6.8.2). */
export const pluginPath = operation({
  path: "system.pluginPath",
  kind: "query",
  summary: "Show where the operator plugin comes from and where it goes",
  ledger: "none",
  cli: { command: "plugin-path", place: 130, prints: "json", here: true, examples: ["plugin-path"] },
  input: z.object({ codex_home: pluginHome }),
  output: pluginPaths,
});
