import type { EventDeclaration, Zod } from "./declaration.ts";
import type { SharedAttributes } from "./shared-attributes.ts";

/** Where a capture comes from, and nothing of what it shows. */
const captured = (z: Zod, { history_lines }: SharedAttributes) => ({
  capture_id: z.int().describe("number of the capture"),
  content_sha256: z.string().describe("SHA-256 of what the terminal showed"),
  history_lines,
  source: z.string().describe("what it was captured for"),
});

/** What was dropped of a kind of content. */
const pruned = (z: Zod) => ({
  kind: z.string().describe("what kind of content"),
  keep_latest: z.int().describe("how many of the newest were kept"),
  older_than: z.string().nullable().describe("only what was older than this"),
  pruned_count: z.int().describe("rows that lost their content"),
  bytes_freed: z.int().describe("size of what was dropped"),
});
const prunedRows = (z: Zod) => z.array(z.union([z.int(), z.string()])).describe("the rows, at most a thousand");

/** What is seen of agents: cycles, records, terminals, and what is dropped of them again (spec 02). */
export const observationEvents = {
  manager_cycle_started: {
    kind: "telemetry",
    tells: "a manager looks at its worker",
    actor: "manager",
    severity: "info",
    attributes: (z) => ({
      busy_wait_seconds: z.number().describe("how long a turn may be silent before that is told"),
      cycle_id: z.int().describe("number of the cycle"),
    }),
  },
  manager_cycle_succeeded: {
    kind: "telemetry",
    tells: "a manager has seen what its worker does",
    actor: "manager",
    severity: "info",
    attributes: (z, { anything }) => ({
      worker_alive: z.boolean().nullable().describe("whether the worker runs"),
      manager_alive: z.boolean().nullable().describe("whether the manager runs"),
      ingest: anything.describe("what was read of the worker's records"),
      last_event_subtype: z.string().nullable().describe("kind of its newest record"),
      notable_pane_pattern: z.string().nullable().describe("what its screen asks for"),
      state: z.string().describe("what it does"),
      task_completed: z.boolean().describe("whether its turn has ended"),
    }),
  },
  manager_cycle_failed: {
    kind: "telemetry",
    tells: "a cycle broke off",
    actor: "manager",
    severity: "error",
    attributes: (z, { error_type }) => ({ error_type, failure_phase: z.string().describe("where") }),
  },
  codex_events_ingested: {
    kind: "telemetry",
    tells: "the records of a session were read; a warning when lines had to be skipped",
    actor: "workerctl",
    severity: ["info", "warning"],
    attributes: (z, { list }) => ({
      new_events: z.int().describe("records that are new"),
      new_offset: z.int().describe("how far the file has been read, in bytes"),
      skipped_lines: z.int().describe("lines that are no records"),
      skipped: list.optional().describe("the first of those: where and why"),
      start_offset: z.int().describe("from where on it was read, in bytes"),
    }),
  },
  codex_events_tail_read: {
    kind: "telemetry",
    tells: "the stored records of a session were shown",
    actor: "workerctl",
    severity: "info",
    attributes: (z) => ({
      limit: z.int().describe("how many were asked for"),
      returned_count: z.int().describe("how many were shown"),
      subtype: z.string().nullable().describe("only records of this kind"),
    }),
  },
  worker_terminal_captured: { kind: "audit", tells: "the terminal of a worker was captured", attributes: captured },
  manager_terminal_captured: { kind: "audit", tells: "the terminal of a manager was captured", attributes: captured },
  terminal_capture_recorded: {
    kind: "telemetry",
    tells: "the terminal of a worker or manager was captured",
    actor: "workerctl",
    severity: "info",
    attributes: (z, { byte_count, line_count, history_lines, anything, tmux_session, tmux_pane_id }) => ({
      byte_count,
      line_count,
      history_lines,
      classifier: anything.describe("what the screen means"),
      tmux_session,
      tmux_pane_id,
      content_path: z.null().describe("the text is in the ledger and in no file"),
    }),
  },
  transcript_segment_recorded: {
    kind: "telemetry",
    tells: "what a capture shows that the one before it did not was kept",
    actor: "workerctl",
    severity: "info",
    attributes: (z, { byte_count, line_count }) => ({
      byte_count,
      line_count,
      segment_kind: z.string().describe("how it follows on the one before"),
      segment_start_line: z.int().nullable().describe("its first line in the capture"),
      segment_end_line: z.int().nullable().describe("its last line in the capture"),
      retention_class: z.string().describe("how long it is kept"),
    }),
  },
  transcript_capture_recorded: {
    kind: "telemetry",
    tells: "the terminal of a folder-based worker was captured, or imported",
    actor: "workerctl",
    severity: "info",
    attributes: (z, { byte_count, line_count, history_lines }) => ({
      byte_count,
      line_count,
      history_lines,
      capture_kind: z.string().describe("whether its text is kept"),
      sha256: z.string().describe("SHA-256 of what it showed"),
    }),
  },
  transcript_captures_pruned: {
    kind: "audit",
    tells: "old captures of folder-based workers lost their text",
    attributes: (z) => ({ ...pruned(z), capture_ids: prunedRows(z) }),
  },
  terminal_captures_pruned: {
    kind: "audit",
    tells: "old captures of terminals lost their text",
    attributes: (z) => ({ ...pruned(z), capture_ids: prunedRows(z) }),
  },
  transcript_segments_pruned: {
    kind: "audit",
    tells: "old transcript segments lost their text",
    attributes: (z) => ({ ...pruned(z), segment_ids: prunedRows(z) }),
  },
  codex_events_pruned: {
    kind: "audit",
    tells: "old records of agents lost their content",
    attributes: (z) => ({ ...pruned(z), event_ids: prunedRows(z) }),
  },
  agent_facts_pruned: {
    kind: "audit",
    tells: "old facts about agents lost their content",
    attributes: (z) => ({ ...pruned(z), fact_ids: prunedRows(z) }),
  },
  telemetry_pruned: {
    kind: "audit",
    tells: "old telemetry was deleted, heartbeats or all of it",
    attributes: (z) => ({ ...pruned(z), first_ids: prunedRows(z).describe("the first of them") }),
  },
  prune_completed: {
    kind: "telemetry",
    tells: "old content of a kind was dropped",
    actor: "workerctl",
    severity: "info",
    attributes: pruned,
  },
} as const satisfies Record<string, EventDeclaration>;
