import type { TerminalState } from "@conveyor/contracts";
import { asConveyorError, ConveyorError } from "@conveyor/contracts/errors";
import { type PaneScreen, reportTurns, type TurnReport } from "@conveyor/host";
import type { Ctx } from "../ctx.ts";
import { ingestSession } from "../observation/ingest.ts";
import { recordPlaceOf, storedObservation } from "../shared/recorded.ts";
import { type StoredCapture, storeCapture } from "./capture.ts";
import { NO_STATUS, type ReportedStatus, readStatusFile } from "./config.ts";
import { sessionActivity } from "./health.ts";
import { filesOf, paneOfWorker, type WorkerSubject } from "./subject.ts";
import { latestStatus } from "./worker-row.ts";

/** What a worker says, does and shows at this moment. */
export interface WorkerLook {
  terminal: TerminalState;
  status: ReportedStatus;
  /** Of a registered session: what its rollout says; null for a worker folder. */
  activity: TurnReport["state"] | null;
  /** When it last reported or its rollout last said what it does. */
  signed_at: string | null;
  /** The latest stored capture, null when there is none. */
  capture: Pick<StoredCapture, "captured_at" | "changed_at"> | null;
  /** What the terminal shows; null when it was not, or could not be, looked at. */
  screen: PaneScreen | null;
  capture_error: string | null;
  /** New records of the rollout that were read for this look. */
  recent_event_count: number;
  warnings: string[];
}

export interface LookWish {
  lines: number;
  /** `store`: read the terminal and keep what it shows. `read`: read it only. `skip`: leave it alone. */
  terminal: "store" | "read" | "skip";
}

/** Look at a worker. What goes wrong with tmux, files or the rollout is part of the answer and never an error. */
export async function lookAtWorker(ctx: Ctx, subject: WorkerSubject, wish: LookWish): Promise<WorkerLook> {
  const warnings = subject.kind === "folder" ? [...subject.config.warnings] : [];
  const said = await (subject.kind === "folder"
    ? folderStatus(ctx, subject, warnings)
    : sessionStatus(ctx, subject, warnings, wish.terminal === "store"));
  const { state: terminal, error } = await terminalStateOf(ctx, subject);
  const shown: Shown =
    terminal === "running" && wish.terminal !== "skip"
      ? await screenOf(ctx, subject, wish)
      : { screen: null, stored: null, capture_error: error };
  return {
    terminal,
    ...said,
    capture: shown.stored ?? exportedCapture(ctx, subject, warnings),
    screen: shown.screen,
    capture_error: shown.capture_error,
    warnings,
  };
}

/** The row of the ledger, unless the worker has since written its status file itself (its contract allows that). */
async function folderStatus(ctx: Ctx, subject: Extract<WorkerSubject, { kind: "folder" }>, warnings: string[]) {
  const row = await ctx.store.read((tx) => latestStatus(tx, subject));
  const file = readStatusFile(subject.folder);
  warnings.push(...file.warnings);
  const status = newerStatus(row, file.status);
  return { status, activity: null, signed_at: status.last_update, recent_event_count: 0 };
}

/** Of the ledger's row and the file the one that is newer; at the same time the row. Pure. */
export function newerStatus(row: ReportedStatus | null, file: ReportedStatus): ReportedStatus {
  if (row === null) return file;
  const [written, stored] = [Date.parse(file.last_update ?? ""), Date.parse(row.last_update ?? "")];
  return written > stored ? file : row;
}

async function sessionStatus(
  ctx: Ctx,
  subject: Extract<WorkerSubject, { kind: "session" }>,
  warnings: string[],
  refresh: boolean,
) {
  const { session } = subject;
  let recent_event_count = 0;
  if (refresh && session.state === "active" && recordPlaceOf(session).record_path !== null) {
    try {
      recent_event_count = (await ingestSession(ctx, session.id, { telemetry: "when_new" })).new_events;
    } catch (thrown) {
      if (!(thrown instanceof ConveyorError) || thrown.code === "interrupted") throw thrown;
      warnings.push(`the rollout of ${session.name} could not be read: ${thrown.message}`);
    }
  }
  const { row, stored } = await ctx.store.read(async (tx) => ({
    row: await latestStatus(tx, subject),
    stored: await storedObservation(tx, session.id),
  }));
  const turns = reportTurns(stored.observed.turns);
  const { state, signed_at } = sessionActivity({ report: row, turns });
  const status: ReportedStatus = row === null ? NO_STATUS : { ...row, state };
  return { status, activity: turns.state, signed_at, recent_event_count };
}

/** How things stand with the terminal. A tmux that cannot be asked is an answer, too. */
export async function terminalStateOf(
  ctx: Pick<Ctx, "host">,
  subject: WorkerSubject,
): Promise<{ state: TerminalState; error: string | null }> {
  const pane = paneOfWorker(subject);
  if (pane === null) return { state: "no_terminal", error: null };
  try {
    const running = await ctx.host.tmux.sessionExists(pane.session);
    return { state: running ? "running" : "not_running", error: null };
  } catch (thrown) {
    const { code, message } = asConveyorError(thrown);
    if (code === "interrupted") throw thrown;
    const state = code === "tool_missing" ? "tmux_missing" : code === "host_denied" ? "tmux_denied" : "tmux_error";
    return { state, error: message };
  }
}

interface Shown {
  screen: PaneScreen | null;
  stored: StoredCapture | null;
  capture_error: string | null;
}

async function screenOf(ctx: Ctx, subject: WorkerSubject, { lines, terminal }: LookWish): Promise<Shown> {
  const pane = paneOfWorker(subject);
  if (pane === null) return { screen: null, stored: null, capture_error: null };
  let screen: PaneScreen | null = null;
  try {
    screen = await ctx.host.tmux.screen(pane, lines);
    const stored = terminal === "store" ? await storeCapture(ctx, subject, screen.text, lines) : null;
    return { screen, stored, capture_error: null };
  } catch (thrown) {
    if (!(thrown instanceof ConveyorError) || thrown.code === "interrupted") throw thrown;
    return { screen, stored: null, capture_error: thrown.message };
  }
}

function exportedCapture(ctx: Ctx, subject: WorkerSubject, warnings: string[]): WorkerLook["capture"] {
  const { value, warnings: own } = filesOf(ctx, subject).readJson("capture-meta.json");
  warnings.push(...own);
  const time = (key: string) => (typeof value?.[key] === "string" ? value[key] : null);
  const [captured_at, changed_at] = [time("captured_at"), time("changed_at")];
  return captured_at === null || changed_at === null ? null : { captured_at, changed_at };
}
