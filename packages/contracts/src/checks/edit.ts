import { z } from "zod";
import { operation } from "../operation.ts";
import { SPEC_NOTES } from "./add.ts";
import { checkArgument, checkFields, criterionCheck } from "./entities.ts";

/** `checks edit` (spec 09 §9.4): the old runs stay, and prove nothing of the new definition. */
export const edit = operation({
  path: "checks.edit",
  kind: "mutation",
  summary: "Change what a check does, as a new revision of it",
  ledger: "write",
  refuses: ["not_found", "permission_denied", "conflict", "tool_missing", "timeout", "side_effect_failed"],
  cli: {
    command: "checks",
    place: 50,
    action: "edit",
    prints: "json",
    notes: SPEC_NOTES,
    examples: ["checks edit 3 --timeout 60 -- npm run test:unit"],
  },
  input: z.object({
    check: checkArgument,
    argv: checkFields.argv.default([]),
    spec: checkFields.spec.optional(),
    cwd: checkFields.cwd.optional(),
    covers: checkFields.covers.optional(),
    guards: checkFields.guards.optional(),
    timeout_seconds: checkFields.timeout_seconds.optional(),
    network: checkFields.network.optional(),
    sandbox: checkFields.sandbox.optional(),
    isolated: checkFields.isolated.optional(),
    repeat: checkFields.repeat.optional(),
    expect_exit: checkFields.expect_exit.optional(),
    expect_stdout: checkFields.expect_stdout.optional(),
    reject_stdout: checkFields.reject_stdout.optional(),
    env: checkFields.env.optional(),
    env_pass: checkFields.env_pass.optional(),
    setup: checkFields.setup.optional(),
  }),
  output: z.object({ check: criterionCheck, changed: z.boolean().describe("whether it is a new revision") }),
});
