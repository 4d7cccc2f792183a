import { z } from "zod";
import { label, nonBlank, rowId } from "../bounds.ts";
import { count, taskArgument, taskRefObject, timestamp } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";

/** A permission beside the config's, within bounds (spec 04 §8, 7). */
export const permissionGrant = z.object({
  id: z.int(),
  task_id: z.string(),
  action: z.string().describe("CATEGORY.ACTION"),
  granted_by: z.string(),
  reason: z.string(),
  branch: z.string().nullable().describe("only for this branch"),
  pull_request: z.int().nullable().describe("only for this pull request"),
  expires_at: timestamp.nullable(),
  max_uses: z.int().nullable(),
  uses: count,
  live: z.boolean().describe("whether it allows anything still"),
  created_at: timestamp,
  revoked_at: timestamp.nullable(),
});
export type PermissionGrant = z.infer<typeof permissionGrant>;

/** How long something holds, as a person says it. */
export const duration = z
  .string()
  .max(8)
  .regex(/^[1-9]\d{0,6}[smhd]$/, "must be a number with s, m, h or d, such as 30m");

const base = { ledger: "write", refuses: [...BY_NAME, "unknown_permission", "permission_denied"] } as const;

/** `manager-grant` (spec 04 §8, 7). */
export const grant = operation({
  path: "contract.grant",
  kind: "mutation",
  summary: "Allow a manager one thing for a time, a number of uses, a branch or a pull request, as operator",
  ...base,
  cli: {
    command: "manager-grant",
    place: 45,
    prints: "json",
    notes:
      "Beside what the config grants. manager-permission --use, compaction and reviews use it up; Dispatch knows only what the config grants.",
    examples: ['manager-grant auth repo.merge_green_pr --reason "reviewed" --uses 1 --for 30m --pull-request 12'],
  },
  input: z.object({
    task: taskArgument,
    permission: cli(label, { position: 1 }).describe("CATEGORY.ACTION"),
    reason: nonBlank.describe("why"),
    expires_in: cli(duration, { flag: "for", placeholder: "time" }).optional().describe("how long it holds"),
    uses: z.int().min(1).max(1_000).optional().describe("how often it may be used"),
    branch: label.optional().describe("only for this branch"),
    pull_request: rowId.optional().describe("only for this pull request, by its number"),
  }),
  output: z.object({ task: taskRefObject, grant: permissionGrant }),
});

/** `manager-grant --list`. */
export const listGrants = operation({
  path: "contract.listGrants",
  kind: "query",
  summary: "List what a manager was allowed beside its config, newest first",
  ledger: "read",
  refuses: BY_NAME,
  cli: { command: "manager-grant", place: 46, select: "list", prints: "json", examples: ["manager-grant auth --list"] },
  input: z.object({ task: taskArgument }),
  output: z.object({ task: taskRefObject, grants: z.array(permissionGrant) }),
});

/** `manager-grant --revoke`. */
export const revokeGrant = operation({
  path: "contract.revokeGrant",
  kind: "mutation",
  summary: "Take back what a manager was allowed beside its config",
  ledger: "write",
  refuses: [...BY_NAME, "permission_denied"],
  cli: {
    command: "manager-grant",
    place: 47,
    select: "revoke",
    prints: "json",
    examples: ["manager-grant auth --revoke 3"],
  },
  input: z.object({
    task: taskArgument,
    grant: cli(rowId, { flag: "revoke", placeholder: "id" }).describe("number of the grant"),
  }),
  output: z.object({ task: taskRefObject, grant: permissionGrant }),
});
