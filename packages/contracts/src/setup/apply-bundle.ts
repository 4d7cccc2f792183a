import { z } from "zod";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { draftFields, draftHash, setupBundle, setupPolicy, skillPreflight } from "./entities.ts";

/** `setup-bundle apply` (spec 06 §6.8.1): applies a policy and launches nothing. */
export const applyBundle = operation({
  path: "setup.applyBundle",
  kind: "mutation",
  summary: "Apply an approved operating policy to a task: its manager config and its criteria",
  ledger: "write",
  refuses: [...BY_NAME, "confirmation_required", "permission_denied", "terminal_state"],
  cli: {
    command: "setup-bundle",
    action: "apply",
    place: 20,
    prints: "json",
    notes: `Launches nothing. Exit code 1: a required skill is missing, so the bundle was recorded as blocked and nothing applied.
The permissions of the policy replace those of the manager config, so that what was approved is what holds.`,
    examples: ["setup-bundle apply auth --preset test_coverage_ralph --approve"],
  },
  input: z.object({
    ...draftFields,
    approve: z.boolean().default(false).describe("say that the previewed policy is approved; needed unless --dry-run"),
    dry_run: z.boolean().default(false).describe("say what would be applied, and write nothing"),
  }),
  output: z.object({
    action: z.literal("apply"),
    blocked: z.boolean().describe("a required skill is missing"),
    dry_run: z.boolean(),
    launched: z.literal(false),
    draft_hash: draftHash,
    policy: setupPolicy,
    preflight: skillPreflight,
    missing_required: z.array(z.string()),
    setup_bundle: setupBundle.nullable().describe("null after a dry run"),
  }),
});
