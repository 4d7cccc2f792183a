import { z } from "zod";
import { filePath } from "../bounds.ts";
import { count } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { bundleManifest } from "./entities.ts";

/** `import-export BUNDLE` (spec 07 §7.13, 4). */
export const importExport = operation({
  path: "exports.importExport",
  kind: "mutation",
  summary: "Put what a bundle holds into an empty ledger, so that it can be replayed there",
  ledger: "create",
  refuses: ["bundle_invalid", "conflict", "not_found"],
  cli: {
    command: "import-export",
    aliases: ["import-bundle"],
    place: 20,
    prints: "json",
    notes: [
      "Name a new ledger with --path: only an empty one takes a bundle, and it then belongs to no host. It can be read, but",
      "nothing is typed, started or sent on its behalf until it is adopted. Its sessions have no terminals.",
    ].join("\n"),
    examples: ["--path ./seen/workerctl.db import-export auth.zip", "import-export ./auth-evidence --check"],
  },
  input: z.object({
    bundle: cli(filePath, { position: 0, path: true, placeholder: "bundle" }).describe(
      "the folder or the archive that `conveyor export-task` wrote",
    ),
    check: z.boolean().default(false).describe("only look whether it is whole and unchanged"),
  }),
  output: z.object({
    bundle: z.string(),
    imported: z.boolean(),
    ledger_path: z.string().nullable().describe("the ledger that took it; null with --check"),
    manifest: bundleManifest,
    rows: z.record(z.string(), count).describe("rows of each table"),
  }),
});
