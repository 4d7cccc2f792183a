import { z } from "zod";
import { wholeSeconds } from "../bounds.ts";
import { count, timestamp } from "../common.ts";
import { operation } from "../operation.ts";
import { RUNS_PROGRAMS } from "../refusals.ts";
import { check } from "./entities.ts";

const reconciledSession = z.object({
  id: z.string(),
  name: z.string(),
  state: z.string(),
  live: z.boolean().nullable(),
  pid: z.int().nullable(),
  session: z.string().nullable().describe("tmux session"),
  recorded_pane_id: z.string().nullable(),
  tmux_pane_id: z.string().nullable().describe("pane that tmux shows now"),
});

/** A task of `db-doctor --live`, compared with the machine. */
export const reconciledTask = z.object({
  task: z.object({ id: z.string(), name: z.string(), state: z.string() }),
  worker: reconciledSession.nullable(),
  manager: reconciledSession
    .extend({
      last_seen_at: timestamp.nullable(),
      last_seen_age_seconds: z.number().nullable(),
      last_capture_sha256: z.string().nullable(),
    })
    .nullable(),
  drift: z.array(
    z.enum([
      "worker_missing",
      "manager_missing",
      "worker_pane_mismatch",
      "manager_pane_mismatch",
      "unfinished_commands",
    ]),
  ),
  unfinished_commands: z.array(
    z.object({
      id: z.string(),
      task_id: z.string().nullable(),
      worker_id: z.string().nullable(),
      manager_id: z.string().nullable(),
      type: z.string(),
      state: z.string(),
      created_at: timestamp,
      updated_at: timestamp,
      claimed_by: z.string().nullable(),
      attempts: count,
      error: z.string().nullable(),
    }),
  ),
});
export type ReconciledTask = z.infer<typeof reconciledTask>;

const managerLivenessWarning = z.object({
  reason: z.enum(["manager_never_seen", "manager_seen_stale"]),
  manager: z.string(),
  manager_id: z.string(),
  task: z.string(),
  task_id: z.string(),
  age_seconds: z.int().nullable(),
  last_seen_at: timestamp.nullable(),
  stale_seconds: count,
  recommended_action: z.string(),
});
export type ManagerLivenessWarning = z.infer<typeof managerLivenessWarning>;

/** `db-doctor` (spec 01 §6.18, 07 §7.10.8): a ledger newer than the program is reported, not refused. */
export const dbDoctor = operation({
  path: "system.dbDoctor",
  kind: "mutation",
  summary: "Check the ledger's health; migrates it when needed",
  ledger: "none",
  refuses: RUNS_PROGRAMS,
  cli: {
    command: "db-doctor",
    place: 70,
    prints: "json",
    examples: ["db-doctor", "db-doctor --live", "db-doctor --full --repair"],
  },
  input: z.object({
    live: z.boolean().default(false).describe("also compare open and bound tasks with tmux and the processes"),
    manager_stale_seconds: wholeSeconds.default(300).describe("age in seconds from which a manager counts as not seen"),
    all: z.boolean().default(false).describe("with --live: closed tasks too"),
    full: z.boolean().default(false).describe("also SQLite's full integrity check, which reads everything"),
    repair: z
      .boolean()
      .default(false)
      .describe("make what is missing of the schema, rebuild the search index, release claims of dead dispatchers"),
  }),
  output: z.object({
    ok: z.boolean(),
    path: z.string(),
    schema_version: z.int().nullable(),
    user_version: z.int().nullable(),
    checks: z.array(check),
    live_reconcile: z
      .object({
        ok: z.boolean(),
        results: z.array(reconciledTask),
        manager_liveness_warnings: z.array(managerLivenessWarning),
      })
      .optional()
      .describe("with --live"),
  }),
});
