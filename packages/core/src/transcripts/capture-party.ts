import { createHash } from "node:crypto";
import type { RoleCapture, TranscriptMode } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { OTHER_TERMINAL } from "@conveyor/contracts/refusals";
import { canonicalJson, type ReadTx, type WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { identify, identifyTerminal } from "../shared/identity.ts";
import type { Party } from "../shared/party.ts";
import { textSize } from "../shared/text-size.ts";
import { type Segment, segmentOf, transcriptDelta } from "./delta.ts";

export interface CaptureRequest {
  task: { id: string; name: string; state: string };
  binding_id: string | null;
  party: Party;
  mode: TranscriptMode;
  /** Lines of scrollback. */
  lines: number;
  source: "transcript_capture" | "finish_task_pre_stop";
  command_id?: string;
  /** Answer with the text; it is stored either way, and nowhere else. */
  include_content: boolean;
}

export interface PartyCapture {
  capture: RoleCapture;
  /** Whether the terminal showed nothing that a transcript would keep. */
  is_blank: boolean;
}

/** Differences that make it another terminal than the recorded one, or none. */
const NOT_ITS_TERMINAL = ["tmux_session_missing", ...OTHER_TERMINAL] as const;

function isOtherTerminal(mismatch: string): mismatch is (typeof NOT_ITS_TERMINAL)[number] {
  return (NOT_ITS_TERMINAL as readonly string[]).includes(mismatch);
}

/**
 * Store what the terminal of one side of a binding shows, and what of it is new since the capture before (spec 02
 * §8.11). The text goes into the capture and its segment and nowhere else. Throws `precondition_failed` without
 * terminal, the name of the difference (`tmux_session_missing`, `tmux_pane_mismatch`, …), and the codes of tmux.
 */
export async function captureParty(ctx: Ctx, request: CaptureRequest): Promise<PartyCapture> {
  const { party, lines } = request;
  await assertItsTerminal(ctx, party);
  const target = { session: party.tmux_session as string, pane_id: party.tmux_pane_id };
  const text = await ctx.host.tmux.captureRaw(target, lines);
  const { pane } = ctx.agents.of(party.agent_kind);
  const { classifier, startup } = pane.classify({
    text,
    status_age_seconds: Number.POSITIVE_INFINITY,
    busy_wait_seconds: 0,
  });
  const shown: Shown = {
    text,
    sha256: createHash("sha256").update(text).digest("hex"),
    lines: pane.transcriptLines(text),
    classifier: { busy_wait: classifier, startup: [startup.state, startup.reason] },
    linesOf: pane.transcriptLines,
    pinned_lines: pane.pinned_lines,
  };
  const capture = await ctx.store.write((tx) => store(tx, request, shown, ctx.host.host_id));
  return { capture, is_blank: shown.lines.length === 0 };
}

/** What was captured, taken apart. */
interface Shown {
  text: string;
  sha256: string;
  lines: string[];
  classifier: RoleCapture["capture"]["classifier"];
  linesOf: (text: string) => string[];
  pinned_lines: number;
}

async function assertItsTerminal(ctx: Ctx, party: Party): Promise<void> {
  if (party.tmux_session === null) {
    throw new ConveyorError("precondition_failed", `${party.role} ${party.name} has no terminal to capture`, {
      hint: "sessions without tmux are read from their rollout: `conveyor tail`",
      details: { kind: "session", reason: "no_tmux", session: party.name },
    });
  }
  const identity = await (party.kind === "session" ? identifyTerminal(ctx, party) : identify(ctx, party));
  const wrong = identity.mismatches.find(isOtherTerminal);
  if (wrong === undefined) return;
  const message = identity.live
    ? `tmux session ${party.tmux_session} is not the one that ${party.name} was registered with (${wrong})`
    : `tmux session ${party.tmux_session} of ${party.name} is not running`;
  throw new ConveyorError(wrong, message, {
    hint: "start or register it again; `conveyor sessions` shows what is known of it",
    details: { kind: "session", session: party.name, identity },
  });
}

async function store(tx: WriteTx, request: CaptureRequest, shown: Shown, host_id: string): Promise<RoleCapture> {
  const { task, party, mode } = request;
  const previous = await latestCapture(tx, task.id, party.role);
  const row = await insertCapture(tx, request, shown, host_id);
  const segment = newSegment(mode, shown, previous);
  const stored =
    segment &&
    (await insertSegment(tx, request, { capture_id: row.id, previous_id: previous?.id ?? null, shown, segment }));
  const observation_id = await insertObservation(tx, request, row.id, shown.sha256, stored?.id ?? null);
  const size = textSize(shown.text);
  return {
    role: party.role,
    binding_id: request.binding_id,
    observation_id,
    task: { id: task.id, name: task.name, state: task.state },
    [party.role]: {
      id: party.id,
      name: party.name,
      state: party.state,
      tmux_session: party.tmux_session,
      tmux_pane_id: party.tmux_pane_id,
    },
    capture: {
      id: row.id,
      source: request.source,
      captured_at: row.captured_at,
      history_lines: request.lines,
      content_sha256: shown.sha256,
      line_count: size.lines,
      classifier: shown.classifier,
      ...(request.include_content
        ? { output: shown.text }
        : { output_redacted: true as const, output_byte_count: size.bytes, output_line_count: size.lines }),
    },
    transcript_segment: stored && {
      id: stored.id,
      mode,
      segment_kind: stored.segment_kind,
      line_count: stored.line_count,
      source_capture_id: row.id,
      previous_capture_id: previous?.id ?? null,
    },
  };
}

interface PreviousCapture {
  id: number;
  sha256: string;
  /** Null when its text was pruned. */
  content: string | null;
}

/** The capture before, with its text wherever that is stored: equal texts of a terminal are stored once. */
async function latestCapture(tx: ReadTx, task_id: string, role: string): Promise<PreviousCapture | null> {
  const row = await tx.db.terminal_captures.findFirst({ where: { task_id, role }, orderBy: { seq: "desc" } });
  if (row === null) return null;
  const content = row.content ?? (await storedContent(tx, task_id, role, row.content_sha256));
  return { id: row.id, sha256: row.content_sha256, content };
}

async function storedContent(
  tx: ReadTx,
  task_id: string,
  role: string,
  content_sha256: string,
): Promise<string | null> {
  const holder = await tx.db.terminal_captures.findFirst({
    where: { task_id, role, content_sha256, content: { not: null } },
    orderBy: { seq: "desc" },
    select: { content: true },
  });
  return holder?.content ?? null;
}

function newSegment(mode: TranscriptMode, shown: Shown, previous: PreviousCapture | null): Segment | null {
  const old = previous?.content == null ? null : shown.linesOf(previous.content);
  const same = previous?.sha256 === shown.sha256;
  return segmentOf(mode, same ? { kind: "none" } : transcriptDelta(old, shown.lines, shown.pinned_lines), shown.lines);
}

async function insertCapture(tx: WriteTx, request: CaptureRequest, shown: Shown, host_id: string) {
  const { task, party, source, command_id } = request;
  const size = textSize(shown.text);
  const isStored = (await storedContent(tx, task.id, party.role, shown.sha256)) !== null;
  const row = await tx.db.terminal_captures.create({
    data: {
      seq: tx.seq(),
      task_id: task.id,
      worker_id: party.kind === "folder_worker" ? party.id : null,
      manager_id: party.kind === "folder_manager" ? party.id : null,
      role: party.role,
      host_id,
      tmux_session: party.tmux_session as string,
      tmux_pane_id: party.tmux_pane_id,
      command_id: command_id ?? null,
      captured_at: tx.now,
      history_lines: request.lines,
      content_sha256: shown.sha256,
      content: isStored ? null : shown.text,
      byte_count: size.bytes,
      line_count: size.lines,
      classifier_json: canonicalJson(shown.classifier),
      source,
    },
    select: { id: true, captured_at: true },
  });
  tx.tell(party.role === "worker" ? "worker_terminal_captured" : "manager_terminal_captured", {
    task_id: task.id,
    session_id: party.kind === "session" ? party.id : null,
    command_id,
    attributes: { capture_id: row.id, content_sha256: shown.sha256, history_lines: request.lines, source },
  });
  tx.tell("terminal_capture_recorded", {
    task_id: task.id,
    summary: `terminal of ${party.role} ${party.name} captured`,
    correlation: {
      capture_id: row.id,
      role: party.role,
      source,
      binding_id: request.binding_id,
      command_id: command_id ?? null,
    },
    attributes: {
      byte_count: size.bytes,
      line_count: size.lines,
      history_lines: request.lines,
      classifier: shown.classifier,
      tmux_session: party.tmux_session,
      tmux_pane_id: party.tmux_pane_id,
      content_path: null,
    },
  });
  return row;
}

interface SegmentFacts {
  capture_id: number;
  previous_id: number | null;
  shown: Shown;
  segment: Segment;
}

async function insertSegment(tx: WriteTx, { task, party }: CaptureRequest, facts: SegmentFacts) {
  const { segment, capture_id, previous_id, shown } = facts;
  const size = textSize(segment.text ?? "");
  const row = await tx.db.transcript_segments.create({
    data: {
      seq: tx.seq(),
      task_id: task.id,
      role: party.role,
      source_capture_id: capture_id,
      previous_capture_id: previous_id,
      captured_at: tx.now,
      content_sha256: shown.sha256,
      segment_text: segment.text,
      segment_start_line: segment.start_line,
      segment_end_line: segment.end_line,
      byte_count: size.bytes,
      line_count: size.lines,
      retention_class: "hot",
      segment_kind: segment.kind,
      redacted: false,
      created_at: tx.now,
    },
    select: { id: true, segment_kind: true, line_count: true },
  });
  tx.tell("transcript_segment_recorded", {
    task_id: task.id,
    summary: `transcript of ${party.role} ${party.name}: ${size.lines} new lines`,
    correlation: {
      segment_id: row.id,
      source_capture_id: capture_id,
      previous_capture_id: previous_id,
      role: party.role,
    },
    attributes: {
      byte_count: size.bytes,
      line_count: size.lines,
      segment_kind: segment.kind,
      segment_start_line: segment.start_line,
      segment_end_line: segment.end_line,
      retention_class: "hot",
    },
  });
  return row;
}

async function insertObservation(
  tx: WriteTx,
  { task, party, lines, source, command_id }: CaptureRequest,
  capture_id: number,
  content_sha256: string,
  transcript_segment_id: number | null,
): Promise<number> {
  const { id } = await tx.db.agent_observations.create({
    data: {
      seq: tx.seq(),
      task_id: task.id,
      worker_id: party.kind === "folder_worker" ? party.id : null,
      manager_id: party.kind === "folder_manager" ? party.id : null,
      role: party.role,
      observation_type: "capture",
      severity: "info",
      source_capture_id: capture_id,
      command_id: command_id ?? null,
      created_at: tx.now,
      message: `terminal of ${party.role} ${party.name} captured`,
      payload_json: canonicalJson({ content_sha256, history_lines: lines, source, transcript_segment_id }),
    },
    select: { id: true },
  });
  return id;
}
