import { createHash } from "node:crypto";
import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { type FastTx, lookups, type Prisma, type Store } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { untilThere } from "../shared/bell.ts";
import { type LiveItem, type LivePace, liveItems } from "../shared/live.ts";
import { lookOnce } from "../shared/look-once.ts";
import { sessionLives } from "./session-life.ts";
import { type ListedSessionRow, sessionListItemOf, withLiveBinding } from "./session-list-item.ts";

/** A process or a pane ends silently in the ledger; interval of the checks, in milliseconds. */
const LIFE_BEAT_MS = 3_000;
/** A working agent changes its session many times a second; a reader gets those changes at most this often, in milliseconds. */
const CALM_MS = 200;

/** How ids of this stream are written; also keeps the id of an empty list from being empty. */
const ID_FORM = "1";

/** What a reader has: the session's own number, and a digest of the item it saw last. */
type Seen = Map<number, string>;

/**
 * Follow sessions: the active ones in order of first registration, then each one that differs from what the reader saw
 * last, ending with its end. Sessions carry no number of their last change, so an item's id says in short what the
 * reader then knows of each; a reader that returns with it gets exactly what differs, from any server. Identity tokens are
 * never shown. Throws `invalid_input` for an invalid id.
 */
export async function* onChange(
  ctx: Ctx,
  input: Input<"sessions.onChange">,
  after?: string,
): AsyncGenerator<LiveItem<Output<"sessions.onChange">>> {
  const seen: Seen = after === undefined ? new Map() : parseSeen(after);
  /** How everything stood, and when, at the last whole look. */
  let settled = { mark: "", looked_at: Number.NEGATIVE_INFINITY };

  const next = async () => {
    const looked_at = ctx.host.clock.monotonic_ms();
    const mark = await lookOnce(ctx.store, "sessions mark", () => ctx.store.peek(markOf));
    if (mark === settled.mark && looked_at - settled.looked_at < LIFE_BEAT_MS) return [];
    settled = { mark, looked_at };
    const active = await activeSessions(ctx, input);
    const known = new Set(active.map(({ seq }) => seq));
    const missing = [...seen.keys()].filter((seq) => !known.has(seq));
    const ended = await endedSessions(ctx, input, missing);
    const changed: LiveItem<Output<"sessions.onChange">>[] = [];
    for (const { seq, data, digest } of [...ended, ...active].sort((a, b) => a.seq - b.seq)) {
      if (seen.get(seq) === digest) continue;
      if (data.state === "gone") seen.delete(seq);
      else seen.set(seq, digest);
      changed.push({ id: formatSeen(seen), data });
    }
    return changed;
  };
  const sleep: LivePace["sleep"] = (options) => {
    const { mark } = settled;
    return untilThere(ctx, { key: `sessions ${mark}`, isThere: (tx) => markOf(tx) !== mark }, options);
  };
  yield* liveItems(ctx, next, { beat_ms: LIFE_BEAT_MS, calm_ms: CALM_MS, sleep });
}

/** Differs whenever an active session or a live binding does. */
function markOf(tx: FastTx): string {
  return createHash("sha256").update(lookups.sessionsMark(tx)).digest("base64url");
}

/** A session as its followers see it. */
interface Shown {
  seq: number;
  data: Output<"sessions.onChange">;
  digest: string;
}

/** The active sessions; read once for all who follow them at the same moment. */
function activeSessions(ctx: Ctx, { role, include_legacy }: Input<"sessions.onChange">): Promise<Shown[]> {
  const what = `${role ?? "any"} ${include_legacy}`;
  return lookOnce(ctx.store, `sessions ${what} ${ctx.settings.program}`, async () => {
    const rows = await readRows(ctx, { role, include_legacy, where: { state: "active" } });
    const alive = await livesOf(ctx, what).of(ctx, rows);
    return rows.map((row) => shown(ctx, row, alive));
  });
}

/** Those sessions that a reader believes to be active and that are not. */
async function endedSessions(
  ctx: Ctx,
  { role, include_legacy }: Input<"sessions.onChange">,
  seqs: number[],
): Promise<Shown[]> {
  if (seqs.length === 0) return [];
  const rows = await readRows(ctx, { role, include_legacy, where: { seq: { in: seqs } } });
  const alive = await sessionLives(ctx, rows);
  return rows.map((row) => shown(ctx, row, alive));
}

function shown(ctx: Ctx, row: ListedSessionRow, alive: ReadonlyMap<string, boolean | null>): Shown {
  const data = sessionListItemOf(ctx.settings, row, alive.get(row.id) ?? null);
  return { seq: row.seq, data, digest: digestOf(data) };
}

function readRows(
  ctx: Ctx,
  { role, include_legacy, where }: Input<"sessions.onChange"> & { where: Prisma.sessionsWhereInput },
): Promise<ListedSessionRow[]> {
  return ctx.store.read((tx) =>
    tx.db.sessions.findMany({
      where: { role, ...(include_legacy ? {} : { origin: { not: "legacy" } }), ...where },
      orderBy: { seq: "asc" },
      include: withLiveBinding,
    }),
  );
}

/** Which sessions live, asked of the machine at the beat and whenever a session shows up that was not asked for yet. */
class Lives {
  #known: ReadonlyMap<string, boolean | null> = new Map();
  #asked_at = Number.NEGATIVE_INFINITY;
  #subjects = "";

  async of(ctx: Ctx, rows: readonly ListedSessionRow[]): Promise<ReadonlyMap<string, boolean | null>> {
    const now = ctx.host.clock.monotonic_ms();
    const subjects = JSON.stringify(
      rows.map((row) => [row.id, row.liveness, row.pid, row.pid_started_at, row.tmux_session]),
    );
    if (subjects !== this.#subjects || now - this.#asked_at >= LIFE_BEAT_MS) {
      this.#known = await sessionLives(ctx, rows);
      this.#asked_at = now;
      this.#subjects = subjects;
    }
    return this.#known;
  }
}

/** What is known of the lives of sessions, by ledger and by which of them are followed. */
const lives = new WeakMap<Store, Map<string, Lives>>();

function livesOf({ store }: Ctx, what: string): Lives {
  const known = lives.get(store) ?? new Map<string, Lives>();
  lives.set(store, known);
  const found = known.get(what) ?? new Lives();
  known.set(what, found);
  return found;
}

/** 36 bits: enough to tell two states of one session apart, short enough to be repeated in every id. */
function digestOf(data: Output<"sessions.onChange">): string {
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
