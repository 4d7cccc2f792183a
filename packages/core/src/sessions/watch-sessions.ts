import { createHash } from "node:crypto";
import type { InputOf, OutputOf, operations } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { Ctx } from "../ctx.ts";
import { type LiveItem, liveItems } from "../shared/live.ts";
import { sessionLives } from "./session-life.ts";
import { type ListedSessionRow, sessionListItem, withLiveBinding, withoutToken } from "./session-list-item.ts";

type Watch = (typeof operations)["sessions"]["onChange"];

/** A process or a pane ends without a word in the ledger; so often is looked, in milliseconds. */
const LIFE_BEAT_MS = 3_000;
/** An agent that works touches its session many times a second; its reader hears of it at most this often, in milliseconds. */
const CALM_MS = 200;

/** How ids of this stream are written; also keeps the id of an empty list from being empty. */
const ID_FORM = "1";

/** What a reader has: the session's own number, and a digest of the item it saw last. */
type Seen = Map<number, string>;

/**
 * Follow sessions: the active ones in order of first registration, then each one that differs from what the reader saw
 * last, ending with its end. Sessions carry no number of their last change, so an item's id says in short what the
 * reader then knows of each; whoever comes back with it gets exactly what differs, from any server. Identity tokens are
 * never shown. Throws `invalid_input` for an id that is none.
 */
export async function* watchSessions(
  ctx: Ctx,
  input: InputOf<Watch>,
  after?: string,
): AsyncGenerator<LiveItem<OutputOf<Watch>>> {
  const seen: Seen = after === undefined ? new Map() : parseSeen(after);
  const lives = new Lives(ctx);

  yield* liveItems(
    ctx,
    async () => {
      const rows = await readRows(ctx, input, seen);
      const alive = await lives.of(rows);
      const changed: LiveItem<OutputOf<Watch>>[] = [];
      for (const row of rows) {
        const data = withoutToken(sessionListItem(ctx.settings, row, alive.get(row.id) ?? null));
        const digest = digestOf(data);
        if (seen.get(row.seq) === digest) continue;
        if (data.state === "gone") seen.delete(row.seq);
        else seen.set(row.seq, digest);
        changed.push({ id: formatSeen(seen), data });
      }
      return changed;
    },
    { beat_ms: LIFE_BEAT_MS, calm_ms: CALM_MS },
  );
}

/** Active sessions, and those that the reader believes to be. */
function readRows(ctx: Ctx, { role, include_legacy }: InputOf<Watch>, seen: Seen): Promise<ListedSessionRow[]> {
  return ctx.store.read((tx) =>
    tx.db.sessions.findMany({
      where: {
        role,
        ...(include_legacy ? {} : { origin: { not: "legacy" } }),
        OR: [{ state: "active" }, { seq: { in: [...seen.keys()] } }],
      },
      orderBy: { seq: "asc" },
      include: withLiveBinding,
    }),
  );
}

/** Which sessions live, asked of the machine at the beat and whenever a session shows up that was not asked for yet. */
class Lives {
  readonly #ctx: Ctx;
  #known: ReadonlyMap<string, boolean | null> = new Map();
  #asked_at = Number.NEGATIVE_INFINITY;
  #subjects = "";

  constructor(ctx: Ctx) {
    this.#ctx = ctx;
  }

  async of(rows: readonly ListedSessionRow[]): Promise<ReadonlyMap<string, boolean | null>> {
    const now = this.#ctx.host.clock.monotonic_ms();
    const subjects = JSON.stringify(
      rows.map((row) => [row.id, row.liveness, row.pid, row.pid_started_at, row.tmux_session]),
    );
    if (subjects !== this.#subjects || now - this.#asked_at >= LIFE_BEAT_MS) {
      this.#known = await sessionLives(this.#ctx, rows);
      this.#asked_at = now;
      this.#subjects = subjects;
    }
    return this.#known;
  }
}

/** 36 bits: enough to tell two states of one session apart, short enough to be repeated in every id. */
function digestOf(data: OutputOf<Watch>): string {
  return createHash("sha256").update(JSON.stringify(data)).digest("base64url").slice(0, 6);
}

function formatSeen(seen: Seen): string {
  return [ID_FORM, ...[...seen].map(([seq, digest]) => `${seq.toString(36)}:${digest}`)].join(".");
}

function parseSeen(id: string): Seen {
  const [form, ...parts] = id.split(".");
  const pairs = parts.map((part) => /^([0-9a-z]{1,10}):([\w-]{6})$/.exec(part));
  if (form !== ID_FORM || pairs.includes(null)) {
    throw new ConveyorError("invalid_input", "the id does not come from an item of this stream", {
      hint: "leave it out to begin with the active sessions",
    });
  }
  return new Map(pairs.map((pair) => [Number.parseInt(pair?.[1] ?? "", 36), pair?.[2] ?? ""]));
}
