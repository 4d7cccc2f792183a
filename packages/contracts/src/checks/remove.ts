import { z } from "zod";
import { nonBlank } from "../bounds.ts";
import { operation } from "../operation.ts";
import { checkArgument, criterionCheck } from "./entities.ts";

/** `checks remove` (spec 09 §9.4). Its runs stay. */
export const remove = operation({
  path: "checks.remove",
  kind: "mutation",
  summary: "Take a check away; its runs stay",
  ledger: "write",
  refuses: ["not_found", "permission_denied"],
  cli: {
    command: "checks",
    place: 70,
    action: "remove",
    prints: "json",
    examples: ['checks remove 3 --reason "covered by 4"'],
  },
  input: z.object({ check: checkArgument, reason: nonBlank.describe("why it is not needed") }),
  output: z.object({ check: criterionCheck }),
});
