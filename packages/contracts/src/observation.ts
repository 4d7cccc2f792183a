import { z } from "zod";
import { agentStatus, attention } from "./agent-status.ts";
import { label, messageText, printable, rowCount, wholeSeconds } from "./bounds.ts";
import { jsonObject, role, sessionArgument, sessionRef, taskArgument, timestamp } from "./common.ts";
import { criteriaSummary, criterion } from "./criteria.ts";
import { inboxItem } from "./inbox.ts";
import { cli, operation } from "./operation.ts";

/** Something that happened to a rollout file other than growing (spec 02 §4.2). */
export const rolloutFileEvent = z.object({
  kind: z.enum(["replaced", "superseded", "compressed", "archived", "recovered"]),
  from: z.string(),
  to: z.string(),
});

/** What one run of ingest did. */
export const ingestReport = z.object({
  new_events: z.int().describe("records stored now"),
  new_offset: z.int().describe("bytes of the rollout read so far"),
  skipped_lines: z.int().describe("complete lines that could not be stored as they are"),
  skipped: z
    .array(
      z.object({
        reason: z.enum(["invalid_utf8", "not_json", "not_object", "type_missing", "line_too_long", "not_storable"]),
        lines: z.int(),
        first_offset: z.int().describe("where the first of them begins in the rollout"),
      }),
    )
    .describe(
      "the same by reason; what such a line says of the agent's turns is taken all the same where it can be read",
    ),
  skipped_total: z.int().describe("lines skipped in all rollouts of the session so far"),
  file_events: z.array(rolloutFileEvent),
  thread_switch: z
    .object({ thread_id: z.string(), path: z.string(), started_at: timestamp.nullable() })
    .nullable()
    .describe("the newer thread that the agent seems to have gone on to; looked for when nothing new was read"),
  thread_switch_evidence: z
    .enum(["title", "process", "server", "none"])
    .nullable()
    .describe(
      "what speaks for thread_switch: the title of the pane names it, the session's own process writes it, a server that serves several sessions does, or nothing is known; one that only a server speaks for is not followed",
    ),
  partial_bytes: z.int().describe("bytes of a last line that is not finished yet"),
  lag_bytes: z.int().describe("bytes left unread because of --limit-bytes"),
});
export type IngestReport = z.infer<typeof ingestReport>;

/** `ingest SESSION` (spec 02 §8.1). */
export const ingest = operation({
  path: "observation.ingest",
  kind: "mutation",
  summary: "Read what is new in a session's rollout",
  ledger: "write",
  cli: {
    command: "ingest",
    prints: "json",
    examples: ["ingest auth-worker", "ingest auth-worker --follow-thread"],
    notes:
      "thread_switch names the thread that the agent seems to have gone on to (after /clear or /new); --follow-thread makes the session follow it.",
  },
  input: z.object({
    session: sessionArgument,
    follow_thread: z.boolean().optional().describe("go on with the thread that thread_switch reports"),
    limit_bytes: z
      .int()
      .min(1)
      .max(Number.MAX_SAFE_INTEGER)
      .optional()
      .describe("read at most this many bytes, but at least one record"),
  }),
  output: ingestReport.extend({ session: z.string() }),
});

/** `tail SESSION` (spec 02 §8.2). */
export const tail = operation({
  path: "observation.tail",
  kind: "mutation",
  summary: "Show the latest stored rollout records of a session, newest first",
  ledger: "write",
  cli: {
    command: "tail",
    prints: "json",
    examples: ["tail auth-worker --limit 20", "tail auth-worker --subtype UserMessage"],
  },
  input: z.object({
    session: sessionArgument,
    limit: rowCount.default(50).describe("at most this many records"),
    subtype: label.optional().describe("only this event subtype, item type, or an older name of one (agent_message)"),
    include_content: z.boolean().default(false).describe("show the records as they are; meant for redirected output"),
  }),
  output: z.array(
    z.object({
      id: z.int(),
      timestamp: z.string(),
      type: z.string(),
      subtype: z.string().nullable(),
      item_type: z.string().nullable(),
      byte_offset: z.int(),
      payload: jsonObject,
    }),
  ),
});

/** What the pane of a session shows (spec 02 §7.4). */
export const paneSignal = z.object({
  captured: z.boolean(),
  classifier: z.object({ pattern: z.string(), reason: z.string(), recommended_action: z.string() }).nullable(),
  notable_pattern: z.string().nullable(),
  degraded: z.boolean(),
  reason: z.string(),
  status_age_seconds: z.int().nullable(),
  error_code: z.string().nullable(),
  attention,
  pane_title: z.string().nullable(),
});
export type PaneSignal = z.infer<typeof paneSignal>;

/** The running turn, else the latest one (spec 02 §4.4). */
export const turnSummary = z.object({
  turn_id: z.string().nullable(),
  trigger: z.string().nullable(),
  kind: z.enum(["work", "review", "maintenance"]),
  started_at: z.string().nullable(),
  ended_at: z.string().nullable(),
  outcome: z.enum(["running", "completed", "failed", "interrupted", "lost"]),
  error_info: z.string().nullable(),
  error_message_redacted: z.boolean(),
  duration_ms: z.number().nullable(),
});

/** The criteria of a task as a manager reads them; `open` are the accepted ones, which still need proof. */
export const acceptanceCriteria = z.object({
  summary: criteriaSummary,
  open: z.array(criterion),
  proposed: z.array(criterion),
  accepted: z.array(criterion),
  satisfied: z.array(criterion),
  deferred: z.array(criterion),
  rejected: z.array(criterion),
});

/** The supervision contract of a task, with its JSON columns opened (spec 02 §8.3). */
const managerConfig = z.looseObject({ task_id: z.string(), revision: z.int(), require_acks: z.boolean() });
const acknowledgement = z.looseObject({
  id: z.int(),
  task_id: z.string(),
  role,
  revision: z.int(),
  payload: jsonObject,
});

export const workerReceipt = z.object({
  binding_id: z.string(),
  source_event_id: z.int(),
  source_event_timestamp: z.string().nullable(),
  source_session_id: z.string(),
  source_session_name: z.string(),
  turn_id: z.string().nullable(),
  last_agent_message: z.string().nullable(),
  completed_at: z.number().nullable(),
  duration_ms: z.number().nullable(),
  time_to_first_token_ms: z.number().nullable(),
  outcome: z.enum(["completed", "failed"]),
  before_binding: z.boolean().describe("the turn ended before this binding began"),
});

export const managerContext = z.object({
  manager_config: managerConfig.nullable(),
  worker_ack: acknowledgement.nullable(),
  manager_ack: acknowledgement.nullable(),
  worker_handoff: z.looseObject({ id: z.int(), summary: z.string() }).nullable(),
  worker_receipt: workerReceipt.nullable(),
  acceptance_criteria: acceptanceCriteria,
  criteria_negotiation: z.object({
    task: z.string(),
    needed: z.boolean(),
    reason: z.enum(["no_criteria", "no_current_task_criteria", "active_criteria_present"]),
    prompt: z.string().nullable(),
    suggested_actions: z.array(z.string()),
  }),
});
export type ManagerContext = z.infer<typeof managerContext>;

/** What is stored of a cycle; its answer adds when it ran. */
export const cycleStatus = z.object({
  kind: z.literal("session_cycle"),
  task: z.string(),
  binding_id: z.string(),
  worker_session: z.string(),
  manager_session: z.string(),
  ingest: ingestReport,
  state: z.enum(["busy", "idle", "unknown"]),
  last_state_event_at: z.string().nullable(),
  staleness_seconds: z.int().nullable(),
  pane_signal: paneSignal,
  notable_pane_pattern: z.string().nullable(),
  worker_alive: z.boolean(),
  manager_alive: z.boolean(),
  writer_alive: z.boolean().nullable(),
  last_event_type: z.string().nullable(),
  last_event_subtype: z.string().nullable(),
  last_event_item_type: z.string().nullable(),
  conflict: z
    .enum(["other_thread", "busy_title"])
    .nullable()
    .describe(
      "the pane's title disagrees with the rollout: it names another thread (after /clear; see ingest.thread_switch), or shows a turn of which no record came; then nothing counts as complete",
    ),
  task_completed: z.boolean(),
  turn: turnSummary.nullable(),
  attention,
  agent_status: agentStatus.describe("the worker's, as lists and the page show it"),
  consumed_dispatch_notifications: z.int(),
  dispatch_notifications: z.array(inboxItem),
  manager_context: managerContext,
});
export type CycleStatus = z.infer<typeof cycleStatus>;

/** `cycle TASK` (spec 02 §8.3). */
export const cycle = operation({
  path: "observation.cycle",
  kind: "mutation",
  summary: "Observe a task's worker once and show what a manager needs to decide",
  ledger: "write",
  cli: { command: "cycle", prints: "json", examples: ["cycle auth"] },
  input: z.object({
    task: taskArgument,
    busy_wait_seconds: wholeSeconds.default(90).describe("how long a busy screen is normal, in seconds"),
  }),
  output: cycleStatus.extend({ cycle_id: z.int(), cycle_started_at: timestamp, cycle_completed_at: timestamp }),
});

const submission = z.enum(["confirmed", "unconfirmed", "not_submitted"]);

/** `session-nudge SESSION TEXT` (spec 02 §8.15). */
export const nudge = operation({
  path: "observation.nudge",
  kind: "mutation",
  summary: "Type text into a session's terminal, after looking at it",
  ledger: "write",
  cli: {
    command: "session-nudge",
    prints: "json",
    examples: [
      'session-nudge auth-worker "Run the parser tests"',
      "session-nudge auth-worker - < plan.md",
      'session-nudge auth-worker ""',
    ],
    notes:
      "Empty text presses Enter only. The text arrives exactly, and nothing in it acts as a command of the agent. A pane that\n" +
      "shows a prompt or menu, or a draft in its composer, is left alone (pane_not_ready, composer_not_empty) unless forced;\n" +
      "one in which the registered agent has not the keyboard always (agent_gone). `confirmed`: the agent has recorded it.",
  },
  input: z.object({
    session: sessionArgument,
    text: cli(messageText, { position: 1, placeholder: "text", dash_reads_stdin: true }).describe(
      "what to type; empty presses Enter",
    ),
    dry_run: z.boolean().default(false).describe("look, but type nothing"),
    force: z
      .boolean()
      .default(false)
      .describe("type even when the pane shows a prompt or a draft; never where the agent is gone"),
    no_submit: z.boolean().default(false).describe("leave the text in the composer, without Enter"),
    idempotency_key: label.optional().describe("the same key again answers without typing again"),
  }),
  output: z.object({
    session: z.string(),
    target: z.string(),
    text: z.string(),
    time: timestamp,
    dry_run: z.boolean(),
    side_effect_started: z.boolean(),
    side_effect_completed: z.boolean(),
    submission: submission.nullable(),
    pane_pattern_before: z.string().nullable(),
  }),
});

/** `session-interrupt SESSION` (spec 02 §8.16). */
export const interrupt = operation({
  path: "observation.interrupt",
  kind: "mutation",
  summary: "Interrupt what a session's agent is doing",
  ledger: "write",
  cli: {
    command: "session-interrupt",
    prints: "json",
    examples: ['session-interrupt auth-worker --followup "Stop and report what you changed"'],
    notes:
      "Without --key the agent's own interrupt key is sent, and only while a turn runs (nothing_to_interrupt otherwise).",
  },
  input: z.object({
    session: cli(sessionRef, { position: 0, placeholder: "session" }),
    key: printable(64).optional().describe("tmux name of the key to send instead, for instance C-c"),
    followup: cli(messageText.optional(), { dash_reads_stdin: true }).describe(
      "text to type once the interrupt has taken effect; - reads standard input",
    ),
    dry_run: z.boolean().default(false).describe("check everything, but send nothing"),
    force: z.boolean().default(false).describe("send the key although no turn runs"),
  }),
  output: z.object({
    session: z.string(),
    target: z.string(),
    key: z.string(),
    followup: z.string().nullable(),
    time: timestamp,
    dry_run: z.boolean(),
    interrupted: z.boolean().nullable().describe("whether the agent recorded it; null when nothing tells"),
    side_effect_started: z.boolean(),
    side_effect_completed: z.boolean(),
  }),
});

/** `divergences TASK` (spec 02 §8.4). */
export const divergences = operation({
  path: "observation.divergences",
  kind: "query",
  summary: "List the cycles of a task in which the worker's screen showed something notable",
  ledger: "read",
  cli: { command: "divergences", prints: "json", examples: ["divergences auth --limit 5"] },
  input: z.object({
    task: taskArgument,
    limit: rowCount.default(50).describe("at most this many, the newest ones"),
  }),
  output: z.array(
    z.object({
      id: z.int(),
      task_id: z.string(),
      started_at: timestamp,
      completed_at: timestamp.nullable(),
      state: z.string(),
      notable_pane_pattern: z.string(),
      status: jsonObject.describe("what the cycle found, without content"),
    }),
  ),
});
