import type { NotifySettings } from "@conveyor/contracts";
import { asConveyorError } from "@conveyor/contracts/errors";
import { noticeRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import type { NoticeMessage } from "./message.ts";
import { againAt, plannedFor } from "./plan.ts";
import { sendNotice } from "./send.ts";

/** How many deliveries run at once, so that a slow sink does not hold up all others. */
const AT_ONCE = 4;
/** How many notifications are planned in one transaction. */
const BATCH = 100;
/** Longest time between two looks, in milliseconds. */
const BEAT_MS = 60_000;
/** After which a delivery that nobody ended is tried again, in milliseconds: longer than any sink may take. */
const LEASE_MS = 10 * 60_000;

export interface NotifierOptions {
  /** What the configuration says now; asked anew whenever something is to be told. */
  settings: () => NotifySettings;
  /** Address of the page, in front of the path of a link. */
  page_url: string;
  /** Told of every delivery that did not succeed: the sink, the code, and whether it is tried again. */
  onFailure?: (failure: { sink: string; code: string; again: boolean }) => void;
}

/** The part of a server that tells people: woken by every change of the ledger and by what is due (spec 10 §10.5). */
export interface Notifier {
  stop(): Promise<void>;
}

/**
 * Tell people until stopped. Each delivery is noted before and after it, so that one that a crash cut off is tried again:
 * at least once, under the same id. What goes wrong with a sink concerns no other.
 */
export function startNotifier(ctx: Ctx, options: NotifierOptions): Notifier {
  const stopping = new AbortController();
  const signal = AbortSignal.any([ctx.signal, stopping.signal]);
  const running = new Set<Promise<void>>();
  const own = { ...ctx, signal };
  const loop = async () => {
    while (!signal.aborted) {
      const seen = ctx.store.changes.version;
      const next_ms = await lookOnce(own, options, running).catch(() => BEAT_MS);
      if (signal.aborted) return;
      const wake = ctx.store.changes.wait(seen, { timeout_ms: Math.min(next_ms, BEAT_MS), signal });
      // A place that becomes free lets the next delivery begin.
      await (running.size >= AT_ONCE ? Promise.race([...running]) : wake);
    }
  };
  const ended = loop();
  return {
    async stop() {
      stopping.abort();
      await ended;
      await Promise.allSettled(running);
    },
  };
}

/** Plan what is new and begin what is due; how long nothing has to be done then, in milliseconds. */
async function lookOnce(ctx: Ctx, options: NotifierOptions, running: Set<Promise<void>>): Promise<number> {
  await planNew(ctx, options);
  while (running.size < AT_ONCE && !ctx.signal.aborted) {
    const now = ctx.host.clock.now();
    const due = await ctx.store.peek(noticeRows.nextDueAt);
    if (due === null) return BEAT_MS;
    const wait = Date.parse(due) - now.getTime();
    if (wait > 0) return wait;
    const again_at = new Date(now.getTime() + LEASE_MS).toISOString();
    const taken = await ctx.store.fast((tx) => noticeRows.takeDueDelivery(tx, { now: now.toISOString(), again_at }));
    if (taken === undefined) return BEAT_MS;
    const delivery: Promise<void> = deliver(ctx, options, taken).finally(() => running.delete(delivery));
    running.add(delivery);
  }
  return BEAT_MS;
}

async function planNew(ctx: Ctx, { settings }: NotifierOptions): Promise<void> {
  for (;;) {
    const rows = await ctx.store.peek((tx) => noticeRows.unplannedNotices(tx, BATCH));
    if (rows.length === 0) return;
    const wanted = settings();
    const now = ctx.host.clock.now();
    await ctx.store.fast((tx) => {
      for (const row of rows) noticeRows.planNotice(tx, row.id, plannedFor(row, wanted, now));
    });
    if (rows.length < BATCH) return;
  }
}

type Taken = NonNullable<ReturnType<typeof noticeRows.takeDueDelivery>>;

async function deliver(ctx: Ctx, { settings, page_url, onFailure }: NotifierOptions, taken: Taken): Promise<void> {
  const { id, sink: name, attempts, notice } = taken;
  const now = () => ctx.host.clock.now();
  const sink = settings().sinks.find((one) => one.name === name);
  try {
    if (sink === undefined) {
      const due_at = now().toISOString();
      const error = "the configuration has no such sink any more";
      await ctx.store.fast((tx) => noticeRows.noteDelivery(tx, id, { state: "failed", due_at, error }));
      return;
    }
    await sendNotice(ctx, sink, messageOf(notice, page_url));
    const due_at = now().toISOString();
    await ctx.store.fast((tx) => noticeRows.noteDelivery(tx, id, { state: "delivered", due_at, error: null }));
  } catch (thrown) {
    const { code, message } = asConveyorError(thrown);
    // The server ends: the delivery is due again when it is there again.
    const again = ctx.signal.aborted ? now() : againAt(attempts, now());
    const end = { state: again === null ? "failed" : "pending", error: `${code}: ${message.slice(0, 300)}` } as const;
    const due_at = (again ?? now()).toISOString();
    await ctx.store.fast((tx) => noticeRows.noteDelivery(tx, id, { ...end, due_at })).catch(() => {});
    onFailure?.({ sink: name, code, again: again !== null });
  }
}

function messageOf(notice: noticeRows.NoticeRow, page_url: string): NoticeMessage {
  const { kind, urgency, title, body, created_at } = notice;
  const link = `${page_url}${notice.link}`;
  return { id: notice.dedupe_key, kind, urgency, title, body, link, task: notice.task_name, created_at };
}
