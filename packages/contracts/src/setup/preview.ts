import { z } from "zod";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { draftFields, draftHash, setupPolicy, skillPreflight } from "./entities.ts";

/** `setup-bundle preview` (spec 06 §6.8.1). */
export const preview = operation({
  path: "setup.preview",
  kind: "query",
  summary: "Show the operating policy that a set-up bundle would apply to a task",
  ledger: "read",
  refuses: BY_NAME,
  cli: {
    command: "setup-bundle",
    action: "preview",
    place: 10,
    prints: "json",
    examples: ["setup-bundle preview auth --preset test_coverage_ralph"],
  },
  input: z.object(draftFields),
  output: z.object({
    action: z.literal("preview"),
    draft_hash: draftHash,
    policy: setupPolicy,
    preflight: skillPreflight,
  }),
});
