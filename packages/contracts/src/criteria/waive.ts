import { z } from "zod";
import { nonBlank, rowId } from "../bounds.ts";
import { taskArgument, taskRefObject, timestamp } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";

const waiver = z.object({
  id: z.int(),
  criterion_id: z.int(),
  by: z.enum(["manager", "operator"]),
  rationale: z.string(),
  created_at: timestamp,
  revoked_at: timestamp.nullable(),
});

/** `criteria --waive ID` (spec 09 §9.4). */
export const waive = operation({
  path: "criteria.waive",
  kind: "mutation",
  summary: "Let a criterion pass without proof, as manager or operator, and say why",
  ledger: "write",
  refuses: [...BY_NAME, "permission_denied"],
  cli: {
    command: "criteria",
    place: 70,
    select: "waive",
    prints: "json",
    examples: ['criteria auth --waive 1 --rationale "cannot be tried here; Ann has looked"'],
  },
  input: z.object({
    task: taskArgument,
    criterion_id: cli(rowId, { flag: "waive", placeholder: "id" }).describe("id of the criterion to waive"),
    rationale: nonBlank.describe("why it may pass without proof"),
  }),
  output: z.object({ task: taskRefObject, waiver }),
});

/** `criteria --unwaive ID` (spec 09 §9.4). */
export const unwaive = operation({
  path: "criteria.unwaive",
  kind: "mutation",
  summary: "Take back that a criterion passes without proof",
  ledger: "write",
  refuses: [...BY_NAME, "permission_denied"],
  cli: { command: "criteria", place: 80, select: "unwaive", prints: "json", examples: ["criteria auth --unwaive 1"] },
  input: z.object({
    task: taskArgument,
    criterion_id: cli(rowId, { flag: "unwaive", placeholder: "id" }).describe("id of the criterion that is waived"),
  }),
  output: z.object({
    task: taskRefObject,
    waiver: waiver.nullable().describe("the waiver that was taken back; null when there was none"),
  }),
});
