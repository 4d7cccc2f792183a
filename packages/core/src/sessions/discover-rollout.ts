import { ConveyorError } from "@conveyor/contracts/errors";
import { dayFolders, type RolloutMeta, readRolloutMeta, rolloutCandidates, scanRollouts } from "@conveyor/host";
import type { HostCtx } from "../ctx.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** Folders are looked at from the day the process started on; no further back than this many days. */
const MOST_DAYS = 31;

export interface DiscoveryWish {
  pid: number;
  /** Given by the user; narrows several candidates, and replaces the process's own folder in the directory scan. */
  cwd?: string | undefined;
  /** Rollouts that other active sessions have. */
  claimed: ReadonlySet<string>;
}

/**
 * The rollout of a running agent, from its process tree, else from the session folders (spec 01 §5.2). Modification
 * times count for nothing. Throws `not_found` (no such process, or no rollout yet) and `ambiguous` with the candidates.
 */
export async function discoverRollout(ctx: HostCtx, wish: DiscoveryWish): Promise<RolloutMeta> {
  if (!(await ctx.host.processes.isAlive(wish.pid))) {
    throw new ConveyorError("not_found", `there is no running process ${wish.pid}`, {
      hint: "pass the pid of the running agent, or its rollout with --codex-session",
      details: { kind: "process", pid: wish.pid },
    });
  }
  const open = await rolloutsOfTree(ctx, wish.pid);
  const [only, ...others] = open;
  if (only !== undefined && others.length === 0) return only;
  if (open.length > 1) {
    const kept =
      wish.cwd === undefined ? open : open.filter((one) => one.cwd === wish.cwd && !wish.claimed.has(one.path));
    return theOne(kept, open, wish.pid);
  }
  return theOne(await rolloutsOfFolders(ctx, wish), [], wish.pid);
}

/** Rollouts that the process and its descendants hold open, those of sub-agents left out when there is another. */
async function rolloutsOfTree(ctx: HostCtx, pid: number): Promise<RolloutMeta[]> {
  const { processes } = ctx.host;
  const files = await Promise.all([pid, ...(await processes.descendants(pid))].map((one) => processes.openFiles(one)));
  const metas = rolloutCandidates(files.flat()).map(readRolloutMeta);
  const own = metas.filter((meta) => (meta.thread_source ?? "user") === "user");
  return own.length > 0 ? own : metas;
}

async function rolloutsOfFolders(ctx: HostCtx, wish: DiscoveryWish): Promise<RolloutMeta[]> {
  const cwd = wish.cwd ?? (await ctx.host.processes.workingDirectory(wish.pid));
  if (cwd === null) return [];
  const started_at = await ctx.host.processes.startTime(wish.pid);
  const days = dayFolders(ctx.host.clock.now(), dayCount(ctx.host.clock.now(), started_at));
  const { found } = scanRollouts(ctx.settings.codex_home, days, { cwd, thread_source: "user" });
  return found.filter((one) => !wish.claimed.has(one.path));
}

/** At least today and yesterday (spec 01 §5.3 step 4); a process that runs longer may have an older rollout. */
function dayCount(now: Date, started_at: string | null): number {
  const age_ms = started_at === null ? 0 : now.getTime() - Date.parse(started_at);
  return Math.min(MOST_DAYS, Math.max(2, Math.ceil(age_ms / DAY_MS) + 1));
}

function theOne(kept: RolloutMeta[], seen: RolloutMeta[], pid: number): RolloutMeta {
  const [first, second] = kept;
  if (first !== undefined && second === undefined) return first;
  const candidates = (kept.length > 0 ? kept : seen).map(({ path, thread_id, cwd, timestamp }) => ({
    path,
    id: thread_id,
    cwd,
    timestamp,
  }));
  if (candidates.length > 0) {
    throw new ConveyorError("ambiguous", `process ${pid} may belong to any of ${candidates.length} rollouts`, {
      hint: `pass one with --codex-session: ${candidates
        .map(({ path, id, cwd, timestamp }) => `${path} (${id}, ${cwd ?? "no cwd"}, ${timestamp ?? "no time"})`)
        .join("; ")}`,
      details: { kind: "rollout", pid, candidates },
    });
  }
  throw new ConveyorError("not_found", `process ${pid} has no rollout that could be found`, {
    hint: "an agent writes none before its first input: type something into it and try again, or pass --codex-session",
    details: { kind: "rollout", pid },
  });
}
