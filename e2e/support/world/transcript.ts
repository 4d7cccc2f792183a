import type { Ran } from "./process.ts";
import type { World } from "./world.ts";

/** One command as it was typed and what came of it, free of everything that differs between two runs. */
export interface Entry {
  typed: string;
  code: number | null;
  stdout: unknown;
  stderr: unknown;
}

/** Fields whose values depend on the machine or the moment, not on what was done. */
const MOMENTARY =
  /^(pid|.*_pid|identity_token|elapsed_seconds|poll_count|staleness_seconds|age_seconds|.*_age_seconds|stale_seconds|oldest_unconsumed_seconds|p\d\d_ms|max_ms|enqueue_to_\w+_ms|duration_ms|.*_token_ms|completed_at|time|tmux_pane_id|.*_offset|partial_bytes|free_bytes|bytes|.*_at_ms|started_at|pid_started_at|pane_title|target|sha256|head)$/;

const TIME = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z/g;
const ROLLOUT = /\d{4}\/\d{2}\/\d{2}\/rollout-[\d-]+T[\d-]{8}/g;
const CLOCK = /\b\d{2}:\d{2}:\d{2}\.\d{3}\b/g;
const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Turns what a world printed into something that can be compared with what another world printed. */
export class Transcript {
  readonly entries: Entry[] = [];
  readonly #world: World;
  readonly #ids = new Map<string, string>();

  constructor(world: World) {
    this.#world = world;
  }

  note(ran: Ran): void {
    this.entries.push({
      typed: this.#text(ran.argv.slice(2).join(" ")),
      code: ran.code,
      stdout: this.#output(ran.stdout),
      stderr: this.#output(ran.stderr),
    });
  }

  /** JSON is compared by its values, everything else line by line. */
  #output(text: string): unknown {
    try {
      return this.#value(JSON.parse(text));
    } catch {
      return this.#text(text).split("\n");
    }
  }

  #value(value: unknown, key = ""): unknown {
    if (MOMENTARY.test(key) && value !== null) return `<${key}>`;
    if (typeof value === "string") return this.#text(value);
    if (Array.isArray(value)) return value.map((own) => this.#value(own));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([name, own]) => [name, this.#value(own, name)]));
  }

  #text(text: string): string {
    return text
      .replaceAll(this.#world.root, "<root>")
      .replaceAll(this.#world.tmux_socket, "<tmux>")
      .replace(ROLLOUT, "<rollout>")
      .replace(/--pid \d+/g, "--pid <pid>")
      .replace(TIME, "<time>")
      .replace(CLOCK, "<clock>")
      .replace(/\b\d+\.\d s ago/g, "<s> ago")
      .replace(ID, (id) => this.#name(id));
  }

  /** The same id gets the same name everywhere, so that two runs must also agree on what refers to what. */
  #name(id: string): string {
    const known = this.#ids.get(id) ?? `<id ${this.#ids.size + 1}>`;
    this.#ids.set(id, known);
    return known;
  }
}
