import { randomBytes, randomUUID } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { CLI_VERSION } from "./options.mjs";

/** A time-ordered UUID (version 7), as the agent uses for threads, turns and items. */
export function uuidv7(now = Date.now()) {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** Where a thread that began at `date` (local time) keeps its records, below a Codex home. */
export function rolloutPath(codexHome, date, threadId) {
  const two = (number) => String(number).padStart(2, "0");
  const day = [String(date.getFullYear()), two(date.getMonth() + 1), two(date.getDate())];
  const time = [two(date.getHours()), two(date.getMinutes()), two(date.getSeconds())].join("-");
  return join(codexHome, "sessions", ...day, `rollout-${day.join("-")}T${time}-${threadId}.jsonl`);
}

const ZERO = {
  input_tokens: 0,
  cached_input_tokens: 0,
  cache_write_input_tokens: 0,
  output_tokens: 0,
  reasoning_output_tokens: 0,
  total_tokens: 0,
};
/** Every scripted model response costs the same, so sums are easy to predict in a test. */
export const RESPONSE_USAGE = {
  ...ZERO,
  input_tokens: 1200,
  cached_input_tokens: 200,
  output_tokens: 80,
  reasoning_output_tokens: 20,
  total_tokens: 1280,
};

const sum = (a, b) => Object.fromEntries(Object.keys(a).map((key) => [key, a[key] + b[key]]));

/**
 * One conversation and its rollout file. The file is made at the first record, stays open for append while the
 * thread lives (so an observer can go from the process to the file), and numbers its records without gaps.
 */
export class Thread {
  id;
  window_id;
  first_window_id;
  window_number = 0;
  started_at = new Date();
  path = null;
  usage = ZERO;
  turn_usage = ZERO;
  has_usage = false;
  approved_prefixes = [];
  user_messages = [];
  turns = 0;
  /** Who started the newest turn that has a starter. */
  attribution = null;
  #fd = null;
  #ordinal = 0;
  #history = 0;
  #sampled = 0;
  #order = 0;
  #responses = 0;
  #settings;

  constructor(settings) {
    this.#settings = settings;
    this.id = uuidv7(this.started_at.getTime());
    this.window_id = uuidv7();
    this.first_window_id = this.window_id;
  }

  /** Next place in the order of what people and model said. */
  nextOrder() {
    return this.#order++;
  }

  /** The model is asked now: everything written so far counts as seen by it. */
  sample() {
    this.#sampled = this.#history;
  }

  /** Book one model response and return the payload parts that describe it. */
  respond() {
    this.usage = sum(this.usage, RESPONSE_USAGE);
    this.turn_usage = sum(this.turn_usage, RESPONSE_USAGE);
    this.has_usage = true;
    this.#responses += 1;
    return `resp_${this.#responses}`;
  }

  /** Start counting a turn's own usage. */
  beginTurn() {
    this.turn_usage = ZERO;
    this.turns += 1;
  }

  /** A response item: an ordinary record plus the metadata that places it in the model's history. */
  appendItem(payload, metadata = {}) {
    this.#history += 1;
    const { compaction_output, ...rest } = metadata;
    this.append("response_item", payload, {
      history_sequence: this.#history,
      sampled_through_sequence: this.#sampled,
      client_authored: false,
      ...rest,
      ...(compaction_output === undefined ? {} : { compaction_output }),
    });
  }

  /** Write one complete record. */
  append(type, payload, metadata) {
    this.#write(`${this.#line(type, payload, metadata)}\n`);
  }

  /** Write the first half of a record and return a function that writes the rest: a reader meets a torn line. */
  appendTorn(type, payload) {
    const line = `${this.#line(type, payload)}\n`;
    const half = Math.floor(line.length / 2);
    this.#write(line.slice(0, half));
    return () => this.#write(line.slice(half));
  }

  /** Write a line that is no record at all. */
  appendGarbage() {
    this.#write("this line is not JSON\n");
  }

  /** Let go of the file and its writer lock. */
  close() {
    if (this.#fd === null) return;
    closeSync(this.#fd);
    this.#fd = null;
    rmSync(this.#lockPath(), { force: true });
  }

  #line(type, payload, metadata) {
    const record = { timestamp: new Date().toISOString(), ordinal: this.#ordinal, type, payload };
    this.#ordinal += 1;
    return JSON.stringify(metadata === undefined ? record : { ...record, metadata });
  }

  #write(text) {
    if (!this.#settings.rollout) return;
    if (this.#fd === null) this.#open();
    writeSync(this.#fd, text);
  }

  #lockPath() {
    return join(this.#settings.codex_home, "thread-writer-locks", `${this.id}.lock`);
  }

  #open() {
    this.path = rolloutPath(this.#settings.codex_home, this.started_at, this.id);
    mkdirSync(join(this.path, ".."), { recursive: true });
    mkdirSync(join(this.#lockPath(), ".."), { recursive: true });
    closeSync(openSync(this.#lockPath(), "a", 0o600));
    this.#fd = openSync(this.path, "ax", 0o600);
  }

  /** Write the first record of the file unless it is there already. */
  ensureMeta() {
    if (this.#ordinal > 0) return false;
    const { cwd, provider } = this.#settings;
    this.append("session_meta", {
      account_scoped: true,
      session_id: this.id,
      id: this.id,
      timestamp: this.started_at.toISOString(),
      cwd,
      runtime_workspace_roots: [cwd],
      originator: "codex-tui",
      cli_version: CLI_VERSION,
      source: "cli",
      thread_source: "user",
      model_provider: provider,
      base_instructions: { text: "[base instructions of the scripted agent]" },
      history_mode: "paginated",
      context_window: { window_id: this.window_id },
      ...gitFacts(cwd),
    });
    return true;
  }
}

/** Commit and branch of a folder that is the root of a git work tree, read without starting git. */
function gitFacts(cwd) {
  try {
    const head = readFileSync(join(cwd, ".git", "HEAD"), "utf8").trim();
    const ref = /^ref: (refs\/heads\/(.+))$/.exec(head);
    if (ref === null) return { git: { commit_hash: head } };
    const commit_hash = readFileSync(join(cwd, ".git", ref[1]), "utf8").trim();
    return { git: { commit_hash, branch: ref[2] } };
  } catch {
    return {};
  }
}

/** An id for one user input, as the terminal client gives it. */
export const clientId = () => randomUUID();
