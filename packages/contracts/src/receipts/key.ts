import { z } from "zod";
import { cli, operation } from "../operation.ts";

/** `receipt key show|rotate` (spec 09 §9.6). */
export const key = operation({
  path: "receipts.key",
  kind: "mutation",
  summary: "Show the public key that others verify receipts with, or sign with a new one from now on",
  ledger: "none",
  cli: {
    command: "receipt",
    place: 30,
    action: "key",
    prints: "json",
    here: true,
    examples: ["receipt key show", "receipt key rotate"],
  },
  input: z.object({
    change: cli(z.enum(["show", "rotate"]), { position: 0 })
      .default("show")
      .describe("what to do with it"),
  }),
  output: z.object({
    keyid: z.string(),
    public_key: z.string().describe("the public half, in PEM"),
    former: z.array(z.object({ keyid: z.string(), public_key: z.string() })).describe("keys that signed before"),
  }),
});
