import type { Pane } from "@conveyor/host";
import { lookups } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import { lookAtPane } from "../../observation/pane-signal.ts";
import { isNews, type Look, noteLook, rolloutMark } from "../../shared/agent-changes.ts";
import { judgeStatus } from "../../shared/agent-status.ts";
import { processLives } from "../../shared/bound-agents.ts";
import { panesOfServers } from "../../shared/panes.ts";
import type { PassMemory } from "./terms.ts";

/** Shortest time between two looks at who waits for somebody, in milliseconds. */
const LOOK_EVERY_MS = 5_000;
/** Most screens captured in one look; the others have their turn in the next one. */
const MOST_SCREENS = 8;

/**
 * Look after the sessions of all live bindings: whether they still run, and whether they wait for an answer that no record
 * of theirs tells of (spec 02 §4.4: an agent may write none while an approval is pending). Titles of panes come with one
 * question to each tmux server; a screen is captured only where something speaks for it. What is new is kept with the session.
 */
export async function lookAfterAgents(ctx: Ctx, memory: PassMemory): Promise<void> {
  const now = ctx.host.clock.monotonic_ms();
  if (now - memory.looked_after_at < LOOK_EVERY_MS) return;
  memory.looked_after_at = now;
  const rows = (await ctx.store.peek((tx) => lookups.boundAgentRows(tx, null))).filter(
    ({ state }) => state === "active",
  );
  if (rows.length === 0) return;
  const servers = await panesOfServers(ctx, rows);
  let screens = MOST_SCREENS;
  for (const row of fromHere(rows, memory.looked_after)) {
    if (ctx.signal.aborted) return;
    const panes = servers.get(row.tmux_socket) ?? null;
    const pane = paneOf(row, panes);
    const look: Look = { alive: await lives(ctx, row, panes) };
    if (look.alive !== false && pane !== undefined && isWorthALook(ctx, row, pane)) {
      if (screens === 0) break;
      screens -= 1;
      look.pane = await paneLook(ctx, row);
    }
    memory.looked_after = row.id;
    if (isNews(row, look, ctx.host.clock.iso())) await ctx.store.fast((tx) => noteLook(tx, row.id, look));
  }
}

/** The sessions in a circle, beginning behind the one that was looked at last. */
function fromHere<Row extends { id: string }>(rows: readonly Row[], last: string | undefined): Row[] {
  const begin = rows.findIndex(({ id }) => id === last) + 1;
  return [...rows.slice(begin), ...rows.slice(0, begin)];
}

function paneOf(
  { tmux_session, tmux_pane_id }: lookups.BoundAgentRow,
  panes: readonly Pane[] | null,
): Pane | undefined {
  if (tmux_session === null) return undefined;
  return panes?.find(
    ({ session, pane_id, active }) =>
      session === tmux_session && (tmux_pane_id === null ? active : pane_id === tmux_pane_id),
  );
}

/** Whether it runs, as the machine tells; null when nothing tells. */
async function lives(ctx: Ctx, row: lookups.BoundAgentRow, panes: readonly Pane[] | null): Promise<boolean | null> {
  if (row.liveness === "tmux" && panes !== null && !panes.some(({ session }) => session === row.tmux_session))
    return false;
  return processLives(ctx, row);
}

/** A title that asks for somebody, an agent of which nothing is known, and whatever title and rollout disagree about. */
function isWorthALook({ agents }: Ctx, row: lookups.BoundAgentRow, { title }: Pane): boolean {
  const meaning = agents.of(row.agent_kind).pane.titleMeaning(title);
  const { phase } = judgeStatus(row, null);
  if (meaning === "waiting_on_human" || phase === "waiting" || phase === "unknown") return true;
  return (phase === "working" || phase === "compacting") && meaning !== "busy";
}

async function paneLook(ctx: Ctx, row: lookups.BoundAgentRow): Promise<Look["pane"]> {
  // Taken first: an agent that writes while we look has gone on from what we see.
  const rollout = rolloutMark(row.record_path);
  // Only prompts count here, and those are seen at once; how long a busy agent is silent is for `cycle`.
  const known = { status_age_seconds: 0, busy_wait_seconds: Number.MAX_SAFE_INTEGER, recent_event_count: 0 };
  const { classification } = await lookAtPane(ctx, row, known);
  return classification && { meaning: classification, rollout };
}
