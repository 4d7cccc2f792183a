import { createHash } from "node:crypto";
import { relative } from "node:path";
import type { Output } from "@conveyor/contracts";
import { IMPORTED_PREFIX } from "@conveyor/contracts/events/catalogue";
import { canonicalJson, earlierLedger } from "@conveyor/store";
import { redact } from "../../shared/redaction.ts";
import { tmuxSessionOfFolder } from "../../shared/terminal-name.ts";
import { textSize } from "../../shared/text-size.ts";
import type { JsonFile, TextFile, WorkerFolder } from "../../shared/worker-files.ts";
import { type ReportedStatus, statusOf } from "../config.ts";
import { type WorkerFacts, workerRowState } from "../worker-row.ts";

const { normalTime } = earlierLedger;

type Imported = Output<"workers.planImport">["workers"][number];
export type ImportAction = Imported["actions"][number];

export interface CapturedText {
  text: string;
  sha256: string;
  captured_at: string | null;
  changed_at: string | null;
  history_lines: number;
  byte_count: number;
  line_count: number;
}

export interface CompatEvent {
  type: string;
  created_at: string | null;
  payload_json: string;
}

/** What a step writes, by its action. */
export type StepContent =
  | { action: "upsert_worker"; worker: WorkerFacts }
  | { action: "insert_status"; status: ReportedStatus }
  | { action: "insert_transcript_capture"; capture: CapturedText }
  | { action: "insert_event"; event: CompatEvent }
  | { action: "skip_invalid_event" };

/** One source that is imported once (spec 07 §7.10.9). */
export type ImportStep = StepContent & {
  /** Name in `data_migrations`. */
  mark: string;
  hash: string;
  /** Path below the root. */
  source: string;
  line: number | null;
};

/** Everything that a worker folder has to import, or why nothing of it can be. */
export type FolderPlan = { worker: string; steps: ImportStep[] } | { worker: string; error: string };

/** Read a worker folder into steps. Changes nothing; which steps were done before is for the caller to know. */
export function planFolder(root: string, folder: WorkerFolder): FolderPlan {
  const { name } = folder;
  const files = new Map<string, Record<string, unknown>>();
  for (const file of ["config.json", "status.json", "capture-meta.json"] as const satisfies JsonFile[]) {
    const { value, warnings } = folder.readJson(file);
    if (warnings[0] !== undefined) return { worker: name, error: warnings[0] };
    if (value !== null) files.set(file, value);
  }
  const transcript = folder.readText("transcript.txt");
  if (transcript.warnings[0] !== undefined) return { worker: name, error: transcript.warnings[0] };
  const step = (file: JsonFile | TextFile, content: StepContent): ImportStep => {
    const source = relative(root, folder.file(file));
    const hash = sha256(folder.readText(file).value ?? "");
    return { ...content, source, hash, mark: `compat:${source}:${hash}`, line: null };
  };
  const steps = [
    step("config.json", { action: "upsert_worker", worker: workerOf(name, files.get("config.json") ?? {}) }),
  ];
  const status = files.get("status.json");
  if (status !== undefined)
    steps.push(step("status.json", { action: "insert_status", status: statusWithTime(status) }));
  if (transcript.value !== null && transcript.value.trim() !== "") {
    const capture = captureOf(transcript.value, files.get("capture-meta.json") ?? {});
    steps.push(step("transcript.txt", { action: "insert_transcript_capture", capture }));
  }
  return { worker: name, steps: [...steps, ...eventSteps(root, folder)] };
}

/** How a step appears in the report. */
export function actionOf(worker: string, { action, source, line }: ImportStep): ImportAction {
  return { action, source, worker, ...(line !== null && { line }) };
}

function eventSteps(root: string, folder: WorkerFolder): ImportStep[] {
  const path = folder.file("events.jsonl");
  const source = relative(root, path);
  const { lines, invalid } = folder.readEvents();
  const all = [
    ...lines.map(({ number, text, event }) => ({ number, text, content: eventOf(source, event) })),
    ...invalid.map(({ number, text }) => ({ number, text, content: { action: "skip_invalid_event" } as const })),
  ];
  return all
    .sort((a, b) => a.number - b.number)
    .map(({ number, text, content }) => {
      const hash = sha256(text);
      return { ...content, source, hash, mark: `compat:${source}:${number}:${hash}`, line: number };
    });
}

/** The audit event of a line; its text stays in the file, because audit events hold no content and are never rewritten. */
function eventOf(source_path: string, line: Record<string, unknown>): StepContent {
  const { type, time, created_at, ...facts } = line;
  const payload = redact({ ...facts, source_path }) as Record<string, unknown>;
  const name = typeof type === "string" && /^[\w.-]{1,100}$/.test(type) ? type : "event";
  return {
    action: "insert_event",
    event: {
      type: `${IMPORTED_PREFIX}${name}`,
      created_at: normalTime(time) ?? normalTime(created_at),
      payload_json: canonicalJson(payload),
    },
  };
}

function statusWithTime(object: Record<string, unknown>): ReportedStatus {
  return { ...statusOf(object), last_update: normalTime(object["last_update"]) };
}

function workerOf(name: string, config: Record<string, unknown>): WorkerFacts {
  const text = (key: string) => (typeof config[key] === "string" && config[key] !== "" ? config[key] : null);
  return {
    name,
    tmux_session: text("tmux_session") ?? tmuxSessionOfFolder(name),
    tmux_pane_id: text("tmux_pane_id"),
    identity_token: text("identity_token"),
    cwd: text("cwd") ?? "",
    state: workerRowState(text("state")) ?? "candidate",
  };
}

function captureOf(text: string, meta: Record<string, unknown>): CapturedText {
  const { bytes, lines } = textSize(text);
  const captured_at = normalTime(meta["captured_at"]);
  const { history_lines } = meta;
  const counted = typeof history_lines === "number" && Number.isInteger(history_lines) && history_lines >= 0;
  return {
    text,
    sha256: sha256(text),
    captured_at,
    changed_at: normalTime(meta["changed_at"]) ?? captured_at,
    history_lines: counted ? history_lines : text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== "").length,
    byte_count: bytes,
    line_count: lines,
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
