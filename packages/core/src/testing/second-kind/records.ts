import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ConveyorError } from "@conveyor/contracts/errors";
import {
  type AgentRecords,
  carriesMarker,
  findRollout,
  hashOfLine,
  type JsonObject,
  type LineFormat,
  type RecordMeta,
  readRollout,
} from "@conveyor/host";

/** What the words of a line are called, by the first of them. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  opened: ["thread", "folder"],
  began: ["turn"],
  heard: ["turn", "text"],
  done: ["turn", "answer"],
  failed: ["turn", "why"],
};

const textOf = (payload: JsonObject, name: string): string | null => {
  const value = payload[name];
  return typeof value === "string" ? value : null;
};

function payloadOf(line: string): { at: string; type: string; payload: JsonObject } | null {
  const [at = "", type = "", ...words] = line.split("\t");
  const names = Object.hasOwn(WORDS, type) ? WORDS[type] : undefined;
  if (names === undefined) return null;
  return { at, type, payload: Object.fromEntries(names.map((name, i) => [name, decodeURIComponent(words[i] ?? "")])) };
}

/** A line is words between tabs, no JSON; the file's first line names its thread. */
const JOURNAL: LineFormat = {
  record_begin: null,
  parse(line) {
    const read = payloadOf(line.text);
    if (read === null) return { kind: "skipped", reason: "not_json" };
    const { at, type, payload } = read;
    const payload_json = JSON.stringify(payload);
    const record = {
      timestamp: at,
      type,
      subtype: null,
      item_type: null,
      payload_json,
      payload_bytes: Buffer.byteLength(payload_json),
      payload_truncated: false,
      byte_offset: line.byte_offset,
      ordinal: null,
      turn_id: textOf(payload, "turn"),
      thread_id: line.file_thread_id,
      content_hash: hashOfLine(line),
    };
    return { kind: "record", record, payload };
  },
  parseOutline: () => ({ kind: "skipped", reason: "line_too_long" }),
  threadOfFirst: ({ record, payload }) => (record.type === "opened" ? textOf(payload, "thread") : undefined),
};

function meta(path: string): RecordMeta {
  const first = payloadOf(readFileSync(path, "utf8").split("\n", 1)[0] ?? "");
  const [thread_id, cwd] = [textOf(first?.payload ?? {}, "thread"), textOf(first?.payload ?? {}, "folder")];
  if (first === null || thread_id === null) {
    const details = { kind: "rollout", reason: "no_journal", path };
    throw new ConveyorError("precondition_failed", `${path} is no journal`, { details });
  }
  return { path, thread_id, cwd, timestamp: first.at, history_mode: "legacy", history_base: null };
}

const isCandidate = (path: string): boolean => path.endsWith(".journal");

/** The journals below this folder. */
export function scribbleRecords(home: string): AgentRecords {
  const folder = join(home, "journals");
  const all = (): string[] => {
    try {
      return readdirSync(folder).map((name) => join(folder, name));
    } catch {
      return [];
    }
  };
  const firstHeard = (path: string): string =>
    textOf(
      payloadOf(
        readFileSync(path, "utf8")
          .split("\n")
          .find((line) => line.includes("\theard\t")) ?? "",
      )?.payload ?? {},
      "text",
    ) ?? "";
  return {
    meta,
    placeholder: ({ thread_id, cwd, now }) => [now, "opened", thread_id, encodeURIComponent(cwd)].join("\t"),
    isCandidate,
    read: (options) => readRollout(options, JOURNAL),
    inputText: ({ type }, payload) => (type === "heard" ? textOf(payload, "text") : null),
    observe: (known) => ({
      current: findRollout(known, known.path),
      compressed_path: null,
      archived: null,
      newest_of_thread: null,
    }),
    async ofStart(_machine, { token }) {
      const path = all().find((one) => carriesMarker(firstHeard(one), token));
      return path === undefined
        ? { record: null, reason: "no journal carries this start's mark" }
        : { record: meta(path) };
    },
    async ofProcess({ processes }, { pid }) {
      const tree = [pid, ...(await processes.descendants(pid))];
      const files = await Promise.all(tree.map((one) => processes.openFiles(one)));
      const path = files.flat().find(isCandidate);
      if (path !== undefined) return meta(path);
      throw new ConveyorError("not_found", `process ${pid} keeps no journal`, { details: { kind: "rollout", pid } });
    },
    begunSince: () => [],
    shownThread: () => () => null,
    isLifecycle: ({ type }) => type !== "opened",
    lifecycleFact({ type, turn_id, thread_id, timestamp, payload }) {
      const base = { at: timestamp, thread_id, turn_id };
      const timing = { completed_at: null, duration_ms: null, time_to_first_token_ms: null };
      switch (type) {
        case "began":
          return { ...base, kind: "turn_started", root_turn_id: null, parent_turn_id: null, trigger: "user" };
        case "heard":
          return { ...base, kind: "user_input", client_id: null };
        case "done":
          return { ...base, kind: "turn_ended", error: null, timing };
        case "failed": {
          const error = { info: textOf(payload, "why") ?? "other", http_status: null, has_message: false };
          return { ...base, kind: "turn_ended", error, timing };
        }
        default:
          return null;
      }
    },
    isAttention: () => false,
    attentionFact: () => null,
    receipt: (payload) => ({
      turn_id: textOf(payload, "turn"),
      last_agent_message: textOf(payload, "answer"),
      completed_at: null,
      duration_ms: null,
      time_to_first_token_ms: null,
    }),
  };
}
