import { z } from "zod";
import { filePath } from "../bounds.ts";
import { taskArgument } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { bundleManifest } from "./entities.ts";

/** `export-task TASK` (spec 07 §7.10.6). */
export const exportTask = operation({
  path: "exports.exportTask",
  kind: "mutation",
  summary: "Write everything about one task into a folder, and into an archive, that can be checked and read back",
  ledger: "write",
  refuses: BY_NAME,
  cli: {
    command: "export-task",
    place: 10,
    prints: "json",
    notes: "Message bodies, terminal text and prompts are left out unless asked for; secrets always are.",
    examples: [
      "export-task auth",
      "export-task auth --output ./auth-evidence --zip",
      "export-task auth --redact captured",
    ],
  },
  input: z.object({
    task: taskArgument,
    folder: cli(filePath, { flag: "output", path: true, placeholder: "dir" })
      .optional()
      .describe("folder to write; default: artifacts/tasks/<task id>/export below the state root"),
    zip: z.boolean().default(false).describe("also write <folder>.zip beside it"),
    include_transcripts: z.boolean().default(false).describe("with the texts of transcript segments and prompts"),
    include_full_transcripts: z
      .boolean()
      .default(false)
      .describe("also with the whole transcripts, as a replay and as one text for each role"),
    redact: z
      .enum(["strict", "captured"])
      .default("strict")
      .describe("strict: without any content; captured: with the messages that Conveyor itself carried"),
    force: z.boolean().default(false).describe("replace a folder although it holds files that no export made"),
  }),
  output: z.object({
    archive: z.string().nullable().describe("the archive; null without --zip"),
    export_dir: z.string(),
    manifest: bundleManifest,
    task: z.string().describe("name of the task"),
  }),
});
