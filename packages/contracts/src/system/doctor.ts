import { z } from "zod";
import { filePath } from "../bounds.ts";
import { cli, operation } from "../operation.ts";
import { check } from "./entities.ts";
import { pluginState } from "./plugin.ts";

const commandFound = z.object({ ok: z.boolean(), path: z.string().nullable() });

/** `doctor` (spec 01 §6.17): always about the machine and the folder of the caller. */
export const doctor = operation({
  path: "system.doctor",
  kind: "query",
  summary: "Check whether this machine can run agents under Conveyor",
  ledger: "none",
  cli: { command: "doctor", place: 60, prints: "json", here: true, examples: ["doctor", "doctor --human"] },
  input: z.object({
    cwd: cli(filePath, { path: true, placeholder: "dir" })
      .optional()
      .describe("project the agents would work in; default: the current folder"),
    codex_home: cli(filePath, { path: true, placeholder: "dir" })
      .optional()
      .describe("Codex home; default: CODEX_HOME, else ~/.codex"),
  }),
  output: z.object({
    ok: z.boolean(),
    operator_ready: z.boolean().describe("all commands found, plugin installed, matching and complete"),
    platform: z.string(),
    checks: z.array(check.extend({ advisory: z.boolean().describe("never makes the whole not ok") })),
    commands: z.object({
      codex: commandFound,
      conveyor: commandFound,
      tmux: commandFound,
      workerctl: commandFound,
    }),
    codex_home: z.string(),
    package: z.object({ name: z.string(), root: z.string(), version: z.string() }),
    project_root: z.string(),
    runtime: z.object({ node: z.string(), state_root: z.string(), target_cwd: z.string() }),
    plugin: pluginState,
    workers: z
      .array(
        z.object({ name: z.string(), config_path: z.string(), status: z.record(z.string(), z.unknown()).nullable() }),
      )
      .describe("folders of the older worker commands"),
  }),
});
