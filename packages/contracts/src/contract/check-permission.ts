import { z } from "zod";
import { label, rowId } from "../bounds.ts";
import { taskArgument, taskRefObject } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { managerConfig, permissionReason } from "./entities.ts";

/** `manager-permission` (spec 04 §4.3): every check is recorded, also one that denies. */
export const checkPermission = operation({
  path: "contract.checkPermission",
  kind: "mutation",
  summary: "Check and record whether a manager may do something",
  ledger: "write",
  refuses: [...BY_NAME, "unknown_permission"],
  cli: {
    command: "manager-permission",
    place: 40,
    prints: "json",
    notes: "What is denied is an answer, not an error: the exit code is 0, and 1 with --require.",
    examples: [
      "manager-permission auth repo.open_pr --require",
      "manager-permission auth worker_compact_clear --require-handoff --require",
      "manager-permission auth repo.merge_green_pr --require --use --pull-request 12",
      "manager-permission auth repo --list",
    ],
  },
  input: z.object({
    task: taskArgument,
    permission: cli(label, { position: 1 }).describe("CATEGORY.ACTION or an alias; with --list a category"),
    list: z.boolean().default(false).describe("list what is granted in the category"),
    require: z.boolean().default(false).describe("end with exit code 1 when it is not allowed"),
    require_handoff: z.boolean().default(false).describe("allow it only once the worker has recorded a handoff"),
    use: z
      .boolean()
      .default(false)
      .describe("say that it is about to be done: a grant beside the config that it rests on counts one use"),
    branch: label.optional().describe("the branch that it is about, for grants that are bound to one"),
    pull_request: rowId.optional().describe("the pull request that it is about, by its number"),
  }),
  output: z.object({
    task: taskRefObject,
    action: z.string().describe("the permission as it was typed"),
    allowed: z.boolean(),
    reasons: z.array(permissionReason),
    config: managerConfig.nullable(),
    handoff_id: z.int().nullable().describe("the worker's newest handoff"),
    listed_permissions: z.array(z.string()).nullable(),
    require_handoff: z.boolean(),
    grant_ids: z.array(z.int()).optional().describe("grants beside the config that it rests on, when it does"),
    operator_item_id: z.int().optional().describe("what waits for the operator because it was required and denied"),
  }),
});
