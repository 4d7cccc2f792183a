import { z } from "zod";
import { operation } from "../operation.ts";
import { checkArgument, criterionCheck, projectRoot } from "./entities.ts";

/** `checks accept` (spec 09 §9.4, §9.8). */
export const accept = operation({
  path: "checks.accept",
  kind: "mutation",
  summary: "Let a proposed check count, as manager or operator, with its guarded files as they are now",
  ledger: "write",
  refuses: ["not_found", "permission_denied", "conflict", "tool_missing", "timeout", "side_effect_failed"],
  cli: { command: "checks", place: 60, action: "accept", prints: "json", examples: ["checks accept 3"] },
  input: z.object({ check: checkArgument, root: projectRoot.optional() }),
  output: z.object({ check: criterionCheck }),
});
