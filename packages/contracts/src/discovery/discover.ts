import { z } from "zod";
import { freeText, rowCount } from "../bounds.ts";
import { jsonObject, timestamp } from "../common.ts";
import { content } from "../content.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import { bindingState, sessionListItem } from "../sessions/entities.ts";
import { taskListItem } from "../tasks/entities.ts";

/** A telemetry event as lists show it (spec 07 §7.10.5). */
const telemetryEvent = z.object({
  id: z.string(),
  run_id: z.string().nullable(),
  task_id: z.string().nullable(),
  timestamp,
  actor: z.string(),
  event_type: z.string(),
  severity: z.string(),
  summary: z.string(),
  correlation: content(jsonObject, "record"),
  attributes: content(jsonObject, "record"),
});

const suggestion = z.object({
  kind: z.enum(["bind", "register-worker", "register-manager"]),
  task: z.string().optional(),
  worker: z.string().optional(),
  manager: z.string().optional(),
  command: z.string().optional().describe("ready to run"),
  prompt: z.string().optional().describe("what to ask of the session that is meant"),
});
export type Suggestion = z.infer<typeof suggestion>;

/** `discover [QUERY]`, also `search` (spec 01 §6.10). */
export const discover = operation({
  path: "discovery.discover",
  kind: "query",
  summary: "Find tasks, sessions, bindings and telemetry, and what could be set up next",
  ledger: "read",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS],
  cli: { command: "discover", aliases: ["search"], prints: "json", examples: ["discover", "discover auth --all"] },
  input: z.object({
    query: cli(freeText, { position: 0 })
      .default("")
      .describe("text to look for; without it everything active is listed"),
    all: z.boolean().default(false).describe("also closed tasks, and gone and legacy sessions"),
    limit: rowCount.default(10).describe("at most this many of each kind"),
  }),
  output: z.object({
    query: z.string(),
    tasks: z.array(taskListItem),
    sessions: z.array(sessionListItem),
    bindings: z.array(
      z.object({
        id: z.string(),
        state: bindingState,
        created_at: timestamp,
        task_name: z.string(),
        task_goal: z.string(),
        worker_name: z.string().nullable(),
        worker_state: z.string().nullable(),
        worker_tmux_session: z.string().nullable(),
        manager_name: z.string().nullable(),
        manager_state: z.string().nullable(),
        manager_tmux_session: z.string().nullable(),
      }),
    ),
    telemetry: z.array(telemetryEvent).describe("newest first; only with a query"),
    suggestions: z.array(suggestion),
  }),
});
