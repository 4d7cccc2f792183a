import { randomUUID } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A real turn with commentary, commands, a patch and a final answer. */
const SAMPLE = new URL("../../packages/host/fixtures/rollouts/v0.169-exec-tools-goal-abort.jsonl", import.meta.url);
const TURN_LINES = { from: 7, to: 48 };
/** Codex writes these after every model answer; at 500 bytes per line there is room for one of each per turn. */
const ONCE_PER_TURN = ["token_usage_record", "token_count"];

export interface RolloutPlan {
  /** Where the file comes to stand, under the name that Codex gives it. */
  folder: string;
  lines: number;
  /** Mean length of a line in bytes; what the records leave free is filled with output text. */
  line_bytes: number;
  cwd: string;
  /** When the first line was written. Default: a day that is always the same. */
  begins?: Date;
}

const USUAL_BEGIN = new Date("2026-11-21T09:00:00.000Z");

export interface WrittenRollout {
  path: string;
  thread_id: string;
  lines: number;
  bytes: number;
  /** Append one more line, as Codex does; returns its length in bytes. */
  appendLine(): number;
}

/** A line of the sample, cut where something differs from line to line. */
type Part = string | "ordinal" | "turn" | "thread" | "time" | "fill";
const MARKS = {
  "\u0001": "ordinal",
  "\u0002": "turn",
  "\u0003": "thread",
  "\u0004": "time",
  "\u0005": "fill",
} as const;
const MARK = new RegExp(`([${Object.keys(MARKS).join("")}])`);

/** Write a rollout of that many lines with the records of today's Codex, the same text for the same plan but for its ids. */
export function writeRollout(plan: RolloutPlan): WrittenRollout {
  const thread_id = randomUUID();
  const [head = [], ...turn] = sampleLines(plan.cwd);
  const writer = new LineWriter({ thread_id, fill: fillPlan(turn, plan), begins: plan.begins ?? USUAL_BEGIN });
  mkdirSync(plan.folder, { recursive: true });
  const path = join(plan.folder, `rollout-2026-11-21T09-00-00-${thread_id}.jsonl`);
  const file = openSync(path, "w");
  let bytes = 0;
  let block = "";
  const flush = () => {
    bytes += writeSync(file, block);
    block = "";
  };
  try {
    block += writer.line(head);
    for (let line = 1; line < plan.lines; line += 1) {
      const at = (line - 1) % turn.length;
      if (at === 0) writer.beginTurn();
      block += writer.line(turn[at] ?? []);
      if (block.length > 1 << 20) flush();
    }
    flush();
  } finally {
    closeSync(file);
  }
  let next = plan.lines - 1;
  const appendLine = () => {
    const text = writer.line(turn[next++ % turn.length] ?? []);
    const end = openSync(path, "a");
    try {
      return writeSync(end, text);
    } finally {
      closeSync(end);
    }
  };
  return { path, thread_id, lines: plan.lines, bytes, appendLine };
}

/** The first line of the sample and the lines of its first turn. */
function sampleLines(cwd: string): Part[][] {
  const lines = readFileSync(fileURLToPath(SAMPLE), "utf8").split("\n");
  const [meta = ""] = lines;
  const { payload } = JSON.parse(meta) as { payload: { id: string } };
  const seen = new Set<string>();
  const turn = lines.slice(TURN_LINES.from, TURN_LINES.to).filter((line) => {
    const kind = ONCE_PER_TURN.find((own) => line.includes(`"type":"${own}"`));
    if (kind === undefined) return true;
    const isFirst = !seen.has(kind);
    seen.add(kind);
    return isFirst;
  });
  const [started = ""] = lines.slice(1);
  const turn_id = (JSON.parse(started) as { payload: { turn_id: string } }).payload.turn_id;
  return [meta, started, ...turn].map((line) => cut(line, { thread_id: payload.id, turn_id, cwd }));
}

function cut(line: string, own: { thread_id: string; turn_id: string; cwd: string }): Part[] {
  const marked = line
    .replace(/"timestamp":"[^"]*","ordinal":\d+/, '"timestamp":"\u0004","ordinal":\u0001')
    .replaceAll(own.turn_id, "\u0002")
    .replaceAll(own.thread_id, "\u0003")
    .replaceAll("/home/dev/project", own.cwd)
    .replace(/("output":"[^"]*?Output:\\n|"aggregated_output":")/, "$1\u0005");
  return marked
    .split(MARK)
    .filter((part) => part !== "")
    .map((part) => MARKS[part as keyof typeof MARKS] ?? part);
}

/** How much text goes into each place for it, so that the lines have the planned mean length. */
function fillPlan(turn: Part[][], { line_bytes }: RolloutPlan): number {
  const probe = new LineWriter({ thread_id: randomUUID(), fill: 0, begins: USUAL_BEGIN });
  probe.beginTurn();
  const bare = turn.reduce((sum, parts) => sum + probe.line(parts).length, 0);
  const places = turn.flat().filter((part) => part === "fill").length;
  return Math.max(0, (turn.length * line_bytes - bare) / places);
}

/** Text as commands print it; a few lines of it are not ASCII. */
const WORDS =
  "src/parser/tokens.ts:118:  const next = scanner.peek();\\n✓ reads an empty file (3 ms)\\n  at Object.<anonymous> (/home/dev/project/test/run.js:41:7)\\nwarning: unused variable `count` … skipped\\n".repeat(
    400,
  );
/** Where in WORDS a cut hurts no escape sequence and no character. */
const SAFE_CUTS = [...WORDS.matchAll(/[a-z] /g)].map(({ index }) => index + 1);

class LineWriter {
  readonly #thread_id: string;
  readonly #fill: number;
  #turn_id = "";
  #ordinal = 0;
  #filled = 0;
  #time: number;

  constructor({ thread_id, fill, begins }: { thread_id: string; fill: number; begins: Date }) {
    this.#thread_id = thread_id;
    this.#fill = fill;
    this.#time = begins.getTime();
  }

  beginTurn(): void {
    this.#turn_id = randomUUID();
  }

  line(parts: readonly Part[]): string {
    this.#time += 25;
    let text = "";
    for (const part of parts) text += this.#write(part);
    this.#ordinal += 1;
    return `${text}\n`;
  }

  #write(part: Part): string {
    switch (part) {
      case "ordinal":
        return String(this.#ordinal);
      case "turn":
        return this.#turn_id;
      case "thread":
        return this.#thread_id;
      case "time":
        return new Date(this.#time).toISOString();
      case "fill":
        return this.#someOutput();
      default:
        return part;
    }
  }

  /** Most commands print little and a few print much; the mean is what was planned. */
  #someOutput(): string {
    this.#filled += 1;
    const wanted = this.#filled % 10 === 0 ? this.#fill * 10 * 0.6 : (this.#fill * 10 * 0.4) / 9;
    const end = SAFE_CUTS.find((at) => at >= wanted) ?? 0;
    return wanted < 1 ? "" : WORDS.slice(0, end);
  }
}
