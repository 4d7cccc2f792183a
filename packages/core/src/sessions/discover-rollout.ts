import { ConveyorError } from "@conveyor/contracts/errors";
import {
  type Agent,
  dayFolders,
  type RolloutMeta,
  readRolloutMeta,
  realPath,
  rolloutCandidates,
  scanRollouts,
  threadNames,
} from "@conveyor/host";
import type { HostCtx } from "../ctx.ts";
import { chooseRollout } from "./choose-rollout.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** Folders are looked at from the day the process started on; no further back than this many days. */
const MOST_DAYS = 31;

export interface DiscoveryWish {
  pid: number;
  /** Given by the user; narrows several candidates, and replaces the process's own folder in the directory scan. */
  cwd?: string | undefined;
  /** The tmux session that it is said to run in. */
  tmux_session?: string | undefined;
  /** Rollouts that other active sessions have. */
  claimed: ReadonlySet<string>;
}

/**
 * The rollout of a running agent, from its process tree, else from the session folders (spec 01 §5.2). Sessions that share
 * Codex's background process are told apart by folder, and by the thread that the title of their pane names. Modification
 * times count for nothing. Throws `not_found` (no such process, or no rollout yet) and `ambiguous` with the candidates.
 */
export async function discoverRollout(ctx: HostCtx, agent: Agent, wish: DiscoveryWish): Promise<RolloutMeta> {
  const { processes, clock } = ctx.host;
  if (!(await processes.isAlive(wish.pid))) {
    throw new ConveyorError("not_found", `there is no running process ${wish.pid}`, {
      hint: "pass the pid of the running agent, or its rollout with --codex-session",
      details: { kind: "process", pid: wish.pid },
    });
  }
  const given = wish.cwd === undefined ? null : realPath(wish.cwd);
  const cwd = given ?? (await processes.workingDirectory(wish.pid));
  const open = await rolloutsOfTree(ctx, wish.pid);
  const candidates = open.length > 0 ? open : await rolloutsOfFolders(ctx, agent, wish, cwd);
  const [first, second] = candidates;
  if (first === undefined) {
    throw new ConveyorError("not_found", `process ${wish.pid} has no rollout that could be found`, {
      hint: "an agent writes none before its first input: type something into it and try again, or pass --codex-session",
      details: { kind: "rollout", pid: wish.pid },
    });
  }
  if (second === undefined) return first;
  const unclaimed = given === null ? [] : candidates.filter(({ path }) => !wish.claimed.has(path));
  return chooseRollout(unclaimed.length > 0 ? unclaimed : candidates, {
    pid: wish.pid,
    cwd,
    title: await titleOf(ctx, wish),
    names: threadNames(agent.home ?? ""),
    now: clock.now(),
  });
}

/** The title of the pane in which the process runs; null when there is none, or tmux may not be asked. */
async function titleOf({ host }: HostCtx, { pid, tmux_session }: DiscoveryWish): Promise<string | null> {
  try {
    const panes = (await host.tmux.listPanes()).filter(({ dead }) => !dead);
    const named = panes.filter(({ session }) => session === tmux_session);
    for (const pane of [...panes.filter((own) => own.pid === pid), ...named]) {
      if (pane.pid === pid || (await host.processes.descendants(pane.pid)).includes(pid)) return pane.title;
    }
    return null;
  } catch (thrown) {
    if (thrown instanceof ConveyorError) return null;
    throw thrown;
  }
}

/** Rollouts that the process and its descendants hold open, those of sub-agents left out when there is another. */
async function rolloutsOfTree(ctx: HostCtx, pid: number): Promise<RolloutMeta[]> {
  const { processes } = ctx.host;
  const files = await Promise.all([pid, ...(await processes.descendants(pid))].map((one) => processes.openFiles(one)));
  const metas = rolloutCandidates(files.flat()).map(readRolloutMeta);
  const own = metas.filter((meta) => (meta.thread_source ?? "user") === "user");
  return own.length > 0 ? own : metas;
}

async function rolloutsOfFolders(
  ctx: HostCtx,
  { home }: Agent,
  wish: DiscoveryWish,
  cwd: string | null,
): Promise<RolloutMeta[]> {
  if (cwd === null) return [];
  const started_at = await ctx.host.processes.startTime(wish.pid);
  const days = dayFolders(ctx.host.clock.now(), dayCount(ctx.host.clock.now(), started_at));
  const { found } = scanRollouts(home ?? "", days, { cwd, thread_source: "user" });
  return found.filter((one) => !wish.claimed.has(one.path));
}

/** At least today and yesterday (spec 01 §5.3 step 4); a process that runs longer may have an older rollout. */
function dayCount(now: Date, started_at: string | null): number {
  const age_ms = started_at === null ? 0 : now.getTime() - Date.parse(started_at);
  return Math.min(MOST_DAYS, Math.max(2, Math.ceil(age_ms / DAY_MS) + 1));
}
