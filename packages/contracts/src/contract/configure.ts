import { z } from "zod";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { configFields } from "./config-fields.ts";
import { recordedConfig } from "./entities.ts";

/** `manager-config` (spec 04 §4.2): write what is given over what is there; without anything given, show it. */
export const configure = operation({
  path: "contract.configure",
  kind: "mutation",
  summary: "Show or change how a task is supervised",
  ledger: "write",
  refuses: [...BY_NAME, "conflicting_flags", "gate_failed", "permission_denied"],
  cli: {
    command: "manager-config",
    place: 10,
    prints: "json",
    notes:
      "Without a flag that changes something the config is shown; one is made first where there is none. Nothing is granted that is not named.",
    examples: [
      'manager-config auth --mode strict --objective "Follow docs/plan.md" --permit repo.open_pr',
      "manager-config auth --append-guideline 'Stay inside the parser package' --expect-revision 2",
    ],
  },
  input: z.object(configFields),
  output: recordedConfig,
});
