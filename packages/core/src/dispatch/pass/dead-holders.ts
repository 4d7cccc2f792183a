import { dispatchRows } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";

/** More claims than this are held at once only when something is very wrong; the next pass sees the rest. */
const MOST_CLAIMS = 100;

interface Request {
  types: readonly string[];
  /** The pass that asks. It holds nothing yet, so what its own entry seems to hold was left by a pass before it. */
  instance_id: string;
}

/**
 * Let the leases of dispatchers that are dead for certain end at once, so that recovery finds them whatever their time
 * says: it may lie far ahead when the clock was set back since (spec 03 §6.2, ours). Certain is only what this machine
 * knows: every other process of that id has left the registry, or ran here and runs no more. The start of a process is not
 * compared, because the system derives it from the clock too.
 */
export async function endLeasesOfTheDead(ctx: Ctx, { types, instance_id }: Request): Promise<void> {
  const held = await ctx.store.peek((tx) => {
    const claims = dispatchRows.listHeldClaims(tx, { types, limit: MOST_CLAIMS });
    const ids = new Set(claims.map(({ claimed_by }) => claimed_by));
    return { claims, holders: new Map([...ids].map((id) => [id, dispatchRows.holdersOf(tx, id)])) };
  });
  if (held.claims.length === 0) return;
  const dead = new Set<string>();
  for (const [id, holders] of held.holders) {
    if (holders === undefined) continue;
    const others = holders.filter((holder) => holder.instance_id !== instance_id);
    const lives = await Promise.all(others.map((holder) => mayLive(ctx, holder)));
    if (!lives.includes(true)) dead.add(id);
  }
  const orphans = held.claims.filter(({ claimed_by }) => dead.has(claimed_by));
  if (orphans.length === 0) return;
  await ctx.store.fast((tx) => {
    for (const claim of orphans) dispatchRows.endLease(tx, claim);
  });
}

async function mayLive(ctx: Ctx, { host_id, pid }: dispatchRows.Holder): Promise<boolean> {
  return host_id !== ctx.host.host_id || ctx.host.processes.isAlive(pid);
}
