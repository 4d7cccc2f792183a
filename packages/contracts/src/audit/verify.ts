import { z } from "zod";
import { count } from "../common.ts";
import { cli, operation } from "../operation.ts";

const place = z.object({
  seq: z.int().describe("number of the last entry in the ledger's sequence; 0 without any"),
  hash: z.string().describe("hash of all entries up to there"),
});

/** `audit --verify` (spec 07 §7.13, 3). */
export const verify = operation({
  path: "audit.verify",
  kind: "query",
  summary: "Check that no entry of the audit was changed, added or taken away since it was written",
  ledger: "read",
  refuses: ["conflict"],
  cli: {
    command: "audit",
    place: 20,
    select: "verify",
    prints: "text",
    notes:
      "Each entry holds a hash of itself and of all before it. The heads that receipts name are compared too, as far as this account signed them, since whoever can write into the file of the ledger could write a whole new chain. The exit code is 1 when something does not fit.",
    examples: ["audit --verify", "audit --verify --head HASH"],
  },
  input: z.object({
    head: cli(
      z
        .string()
        .max(64)
        .regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits")
        .optional(),
      { placeholder: "hash" },
    ).describe("a head that you noted earlier, or that a receipt names: it has to be in the chain"),
  }),
  output: z.object({
    ok: z.boolean(),
    events: count.describe("entries that were looked at"),
    unsealed: count.describe("entries at the end, brought by an import, that the next entry will cover"),
    head: place,
    pruned: place.extend({ events: count }).nullable().describe("where the beginning was taken away on purpose"),
    broken: z
      .object({ id: z.int(), seq: z.int(), type: z.string(), problem: z.string() })
      .nullable()
      .describe("the first entry that does not fit"),
    receipts: z.object({
      checked: count.describe("receipts of this ledger whose head was compared"),
      failed: z.array(z.object({ receipt_id: z.int(), problem: z.string() })),
    }),
    head_found: z.boolean().nullable().describe("whether the head that was named is in the chain; null without one"),
  }),
});
