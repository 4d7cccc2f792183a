import { createHash } from "node:crypto";
import type { Input, Output } from "@conveyor/contracts";
import { asConveyorError, ConveyorError } from "@conveyor/contracts/errors";
import type { WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { textSize } from "../shared/text-size.ts";
import { filesOf, findWorker, paneOfWorker, type WorkerSubject } from "./subject.ts";
import { workerRowOf } from "./worker-row.ts";

/** What is known of a capture without its text. */
export interface StoredCapture {
  captured_at: string;
  /** When the text last became another one. */
  changed_at: string;
  history_lines: number;
  sha256: string;
}

/**
 * Store what a worker's terminal shows now: transcript.txt, capture-meta.json, a capture row, telemetry (spec 02 §8.6).
 * Throws `not_found`, `precondition_failed` for a session without terminal, the codes of tmux, `state_root_unwritable`.
 */
export async function capture(ctx: Ctx, input: Input<"workers.capture">): Promise<Output<"workers.capture">> {
  const subject = await findWorker(ctx, input.name);
  const text = await readTerminal(ctx, subject, input.lines);
  const { history_lines, sha256 } = await storeCapture(ctx, subject, text, input.lines);
  const { bytes, lines } = textSize(text);
  return {
    name: subject.name,
    byte_count: bytes,
    line_count: lines,
    history_lines,
    sha256,
    transcript_path: filesOf(ctx, subject).file("transcript.txt"),
    content_redacted: !input.include_content,
    ...(input.include_content && { content: text }),
    warnings: subject.kind === "folder" ? subject.config.warnings : [],
  };
}

/** The text of a worker's terminal. Throws `precondition_failed` when it never had one, and the codes of tmux. */
export async function readTerminal(ctx: Ctx, subject: WorkerSubject, lines: number): Promise<string> {
  const pane = paneOfWorker(subject);
  if (pane === null) throw withoutTerminal(subject.name);
  try {
    return await ctx.host.tmux.capture(pane, lines);
  } catch (thrown) {
    noteFailure(ctx, subject, asConveyorError(thrown));
    throw thrown;
  }
}

export function withoutTerminal(name: string): ConveyorError {
  return new ConveyorError("precondition_failed", `session ${name} has no terminal that could be looked at`, {
    hint: "`conveyor tail` shows what its rollout says",
    details: { kind: "session", reason: "no_tmux", session: name },
  });
}

/** The event file of a worker folder says when its terminal could not be read; a disk that is full must not hide that. */
function noteFailure(ctx: Ctx, subject: WorkerSubject, { code }: ConveyorError): void {
  if (subject.kind !== "folder") return;
  try {
    subject.folder.appendEvent({ time: ctx.host.clock.iso(), type: "capture_failed", error_type: code });
  } catch (thrown) {
    if (!(thrown instanceof ConveyorError)) throw thrown;
  }
}

/** Store a text as the latest capture of a worker. The ledger first: the files are exports of it. */
export async function storeCapture(
  ctx: Ctx,
  subject: WorkerSubject,
  text: string,
  lines: number,
): Promise<StoredCapture> {
  const sha256 = createHash("sha256").update(text).digest("hex");
  const files = filesOf(ctx, subject);
  const exported = files.readJson("capture-meta.json").value;
  const exported_change = exported?.["sha256"] === sha256 ? exported["changed_at"] : null;
  const stored = await ctx.store.write((tx) =>
    insertCapture(ctx, tx, subject, {
      text,
      sha256,
      history_lines: lines,
      exported_change: typeof exported_change === "string" ? exported_change : null,
    }),
  );
  files.writeText("transcript.txt", text);
  files.writeJson("capture-meta.json", { ...stored });
  return stored;
}

interface NewCapture {
  text: string;
  sha256: string;
  history_lines: number;
  /** Since when the files show this very text; null when they show another. */
  exported_change: string | null;
}

async function insertCapture(ctx: Ctx, tx: WriteTx, subject: WorkerSubject, found: NewCapture): Promise<StoredCapture> {
  const { text, sha256, history_lines, exported_change } = found;
  const worker = await workerRowOf(ctx, tx, subject);
  const before = await tx.db.transcript_captures.findFirst({
    where: { worker_id: worker.id },
    orderBy: { seq: "desc" },
  });
  const same = before?.sha256 === sha256;
  const changed_at = same ? before.changed_at : (exported_change ?? tx.now);
  const { bytes, lines } = textSize(text);
  const row = await tx.db.transcript_captures.create({
    data: {
      seq: tx.seq(),
      worker_id: worker.id,
      sha256,
      content: same ? null : text,
      captured_at: tx.now,
      changed_at,
      history_lines,
      byte_count: bytes,
      line_count: lines,
      capture_kind: same ? "metadata_only" : "changed",
      retention_class: "hot",
    },
  });
  tx.tell("transcript_capture_recorded", {
    summary: `terminal of ${subject.name} captured`,
    correlation: { worker_id: worker.id, worker: subject.name, capture_id: row.id },
    attributes: { byte_count: bytes, capture_kind: row.capture_kind, history_lines, line_count: lines, sha256 },
  });
  return { captured_at: tx.now, changed_at, history_lines, sha256 };
}
