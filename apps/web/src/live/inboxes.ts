import { connection } from "./connection.ts";
import type { Inbox, Session } from "./operations.ts";
import { follow } from "./stream.ts";

/** Messages shown of one session; its count tells of the rest. */
const SHOWN = 20;
/** Arrivals within this time are asked for at once, in milliseconds. */
const GATHER_MS = 30;
/** Taken messages leave no trace in a stream, so inboxes are asked for at this beat too, in milliseconds. */
const BEAT_MS = 2000;

interface Watched {
  /** Changes whenever the session polls. */
  cue: string | null;
  stop: () => void;
}

/** Keeps the inboxes of any number of sessions up to date: arrivals at once, taken messages within the beat. */
export class Inboxes {
  readonly #onChange: (inboxes: ReadonlyMap<string, Inbox>) => void;
  readonly #watched = new Map<string, Watched>();
  readonly #due = new Set<string>();
  readonly #beat: ReturnType<typeof setInterval>;
  #gathering: ReturnType<typeof setTimeout> | undefined;
  #known: ReadonlyMap<string, Inbox> = new Map();
  #stopped = false;

  constructor(onChange: (inboxes: ReadonlyMap<string, Inbox>) => void) {
    this.#onChange = onChange;
    this.#beat = setInterval(() => {
      if (document.visibilityState !== "visible" || connection.state().phase !== "live") return;
      for (const id of this.#watched.keys()) this.#ask(id);
    }, BEAT_MS);
  }

  /** Watch exactly these sessions from now on. */
  watch(sessions: readonly Session[]): void {
    const wanted = new Map(sessions.map((session) => [session.id, session]));
    for (const [id, { stop }] of this.#watched) {
      if (wanted.has(id)) continue;
      stop();
      this.#watched.delete(id);
      this.#forget(id);
    }
    for (const [id, { last_heartbeat_at: cue }] of wanted) {
      const watched = this.#watched.get(id);
      if (watched === undefined) this.#watched.set(id, { cue, stop: this.#follow(id) });
      else if (watched.cue === cue) continue;
      else watched.cue = cue;
      this.#ask(id);
    }
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#beat);
    clearTimeout(this.#gathering);
    for (const { stop } of this.#watched.values()) stop();
  }

  #follow(id: string): () => void {
    return follow("inbox.onItem", { session: id }, { onStart: () => {}, onItem: () => this.#ask(id) });
  }

  #ask(id: string): void {
    this.#due.add(id);
    this.#gathering ??= setTimeout(() => void this.#fetchDue(), GATHER_MS);
  }

  async #fetchDue(): Promise<void> {
    const ids = [...this.#due];
    this.#due.clear();
    const answers = await Promise.allSettled(
      ids.map((session) => connection.client.query("inbox.session", { session, limit: SHOWN }) as Promise<Inbox>),
    );
    // Only now may the next round begin, so that an old answer never overwrites a newer one.
    this.#gathering = undefined;
    if (this.#stopped) return;
    const fresh = new Map(this.#known);
    answers.forEach((answer, i) => {
      const id = ids[i] as string;
      if (answer.status === "fulfilled" && this.#watched.has(id)) fresh.set(id, answer.value);
    });
    this.#show(fresh);
    for (const id of this.#due) this.#ask(id);
  }

  #forget(id: string): void {
    if (!this.#known.has(id)) return;
    const rest = new Map(this.#known);
    rest.delete(id);
    this.#show(rest);
  }

  #show(inboxes: ReadonlyMap<string, Inbox>): void {
    if (fingerprint(inboxes) === fingerprint(this.#known)) return;
    this.#known = inboxes;
    this.#onChange(inboxes);
  }
}

/** What of the inboxes is shown; the rest of an answer, such as how long it took, changes every time. */
function fingerprint(inboxes: ReadonlyMap<string, Inbox>): string {
  return JSON.stringify([...inboxes].map(([id, { items, pending_count }]) => [id, pending_count, items]));
}
