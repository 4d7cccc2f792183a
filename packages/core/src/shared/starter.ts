import type { HostCtx } from "../ctx.ts";

/** Who carries a start out, as its command records it: only while that process lives can the start still come to its end. */
export interface Starter {
  /** For people; hosts are told apart by their id. */
  starter_host: string;
  starter_host_id: string;
  starter_pid: number;
}

/** This process. */
export function starterOf(ctx: HostCtx): Starter {
  return { starter_host: ctx.host.hostname, starter_host_id: ctx.host.host_id, starter_pid: process.pid };
}

/** Whether it is certain that the recorded process lives no more; another machine's cannot be judged. */
export async function isStarterDead(ctx: HostCtx, recorded: Partial<Starter>): Promise<boolean> {
  const { starter_host_id, starter_pid } = recorded;
  if (starter_host_id !== ctx.host.host_id || starter_pid === undefined) return false;
  return !(await ctx.host.processes.isAlive(starter_pid));
}
