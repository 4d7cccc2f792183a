import type { Pane } from "@conveyor/host";
import type { lookups } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { processLives } from "../shared/bound-agents.ts";
import { panesOfServers, type ServerPanes } from "../shared/panes.ts";
import { roleLease, type SignOfLife, signsOfLife } from "../shared/role-lease.ts";

/**
 * Which sessions live, by id; null where there is nothing to tell it by, or tmux may not be asked (spec 01 §5.6). Asks
 * each tmux server once. Must be called outside of a transaction.
 */
export async function sessionLives(
  ctx: Ctx,
  sessions: readonly lookups.SessionRow[],
): Promise<Map<string, boolean | null>> {
  const leased = sessions.filter(({ liveness }) => liveness === "heartbeat");
  const signs = leased.length === 0 ? new Map() : await ctx.store.peek((tx) => signsOfLife(tx, leased));
  const panes = await panesOfServers(
    ctx,
    sessions.filter(({ liveness }) => liveness === "tmux"),
  );
  const lives = sessions.map(async (session) => [session.id, await isAlive(ctx, session, panes, signs)] as const);
  return new Map(await Promise.all(lives));
}

async function isAlive(
  ctx: Ctx,
  session: lookups.SessionRow,
  servers: ServerPanes,
  signs: ReadonlyMap<string, SignOfLife>,
): Promise<boolean | null> {
  switch (session.liveness) {
    case "tmux":
      return terminalLives(ctx, session, servers.get(session.tmux_socket) ?? null);
    case "pid":
      return (await processLives(ctx, session)) ?? false;
    case "heartbeat":
      return roleLease(signs.get(session.id) ?? null, ctx.host.clock.now()).state === "healthy";
    default:
      return null;
  }
}

async function terminalLives(
  ctx: Ctx,
  session: lookups.SessionRow,
  panes: readonly Pane[] | null,
): Promise<boolean | null> {
  if (panes === null) return null;
  if (!panes.some((pane) => pane.session === session.tmux_session)) return false;
  return (await processLives(ctx, session)) ?? true;
}
