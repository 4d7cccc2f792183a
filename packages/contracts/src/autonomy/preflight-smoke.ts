import { z } from "zod";
import { taskArgument, taskRefObject } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { smokeMode, smokeScope, smokeTerms } from "./smoke.ts";
import { PREFLIGHT_CHECKS } from "./words.ts";

const preflightCheck = z.object({
  name: z.enum(PREFLIGHT_CHECKS),
  ok: z.boolean(),
  path: z.string().optional().describe("the ledger"),
  command: z.string().optional().describe("how the program is called"),
  detail: z.string().optional(),
  thread_id: z.string().nullable().optional(),
  note: z.string().optional(),
  required_in_plugin: z.literal(true).optional(),
});
export type PreflightCheck = z.infer<typeof preflightCheck>;

/** `app-smoke preflight` (spec 06 §6.2). */
export const preflightSmoke = operation({
  path: "autonomy.preflightSmoke",
  kind: "query",
  summary: "Look at what the smoke run of a pair needs, before it is started",
  ledger: "read",
  refuses: BY_NAME,
  cli: {
    command: "app-smoke",
    action: "preflight",
    place: 120,
    prints: "text",
    notes: "Writes nothing. Whether the app's thread tools are there only a session of the app can know.",
    examples: ["app-smoke preflight auth --json"],
  },
  input: z.object({ task: taskArgument, ...smokeTerms }),
  output: z.object({
    task: taskRefObject,
    mode: smokeMode,
    scope: smokeScope,
    worker_count: z.int(),
    checks: z.array(preflightCheck),
    blockers: z.array(z.string()).describe("only in the mode required"),
    blocker_codes: z.array(z.enum(PREFLIGHT_CHECKS)).describe("the same, for programs"),
    ok: z.boolean(),
    real_work_allowed: z.boolean(),
  }),
});
