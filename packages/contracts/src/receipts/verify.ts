import { z } from "zod";
import { filePath } from "../bounds.ts";
import { count } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { RUNS_PROGRAMS } from "../refusals.ts";

/** `receipt verify FILE` (spec 09 §9.6). */
export const verify = operation({
  path: "receipts.verify",
  kind: "query",
  summary: "Verify a receipt: its form, its signature, whether it agrees with itself, and with files",
  ledger: "none",
  refuses: [...RUNS_PROGRAMS, "not_found", "conflict"],
  cli: {
    command: "receipt",
    place: 20,
    action: "verify",
    prints: "json",
    here: true,
    examples: ["receipt verify auth.intoto.jsonl", "receipt verify auth.intoto.jsonl --root . --key ann.pem"],
  },
  input: z.object({
    file: cli(filePath, { position: 0, path: true, placeholder: "file" }).describe(
      "the file that `receipt --output` wrote",
    ),
    root: cli(filePath, { path: true, placeholder: "dir" })
      .optional()
      .describe("folder whose files must be those of the receipt"),
    key: cli(filePath, { path: true, placeholder: "file" })
      .optional()
      .describe("public key (PEM) of whoever signed; default: the keys of this account"),
  }),
  output: z.object({
    ok: z.boolean(),
    failures: z.array(
      z.object({
        code: z.enum(["malformed", "key_unknown", "signature_invalid", "inconsistent", "tree_differs"]),
        problem: z.string(),
      }),
    ),
    task: z.object({ id: z.string(), name: z.string(), state: z.string() }).nullable(),
    signed_with: z.string().nullable().describe("id of the key"),
    tree: z.string().nullable().describe("hash of the files that it speaks of"),
    criteria: z.record(z.string(), count).describe("how many criteria are in which proof state"),
  }),
});
