import { ConveyorError } from "@conveyor/contracts/errors";
import { realPath } from "@conveyor/files";
import type { AgentMachine, ProcessWish } from "../../agent.ts";
import { chooseRollout } from "./choose.ts";
import { scanRollouts } from "./find.ts";
import { dayFolders } from "./folders.ts";
import type { RolloutMeta } from "./meta.ts";
import { readRolloutMeta } from "./meta.ts";
import { rolloutCandidates } from "./name.ts";
import { threadNames } from "./session-index.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** Folders are looked at from the day the process started on; no further back than this many days. */
const MOST_DAYS = 31;

/**
 * The rollout of a running agent, from its process tree, else from the session folders (spec 01 §5.2). Sessions that share
 * Codex's background process are told apart by folder, and by the thread that the title of their pane names. Modification
 * times count for nothing. Throws `not_found` (no such process, or no rollout yet) and `ambiguous` with the candidates.
 */
export async function rolloutOfProcess(machine: AgentMachine, home: string, wish: ProcessWish): Promise<RolloutMeta> {
  const { processes, clock } = machine;
  if (!(await processes.isAlive(wish.pid))) {
    throw new ConveyorError("not_found", `there is no running process ${wish.pid}`, {
      hint: "pass the pid of the running agent, or its rollout with --codex-session",
      details: { kind: "process", pid: wish.pid },
    });
  }
  const given = wish.cwd === undefined ? null : realPath(wish.cwd);
  const cwd = given ?? (await processes.workingDirectory(wish.pid));
  const open = await rolloutsOfTree(machine, wish.pid);
  const candidates = open.length > 0 ? open : await rolloutsOfFolders(machine, home, wish, cwd);
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
    title: await titleOf(machine, wish),
    names: threadNames(home),
    now: clock.now(),
  });
}

/** The title of the pane in which the process runs; null when there is none, or tmux may not be asked. */
async function titleOf({ tmux, processes }: AgentMachine, { pid, tmux_session }: ProcessWish): Promise<string | null> {
  try {
    const panes = (await tmux.listPanes()).filter(({ dead }) => !dead);
    const named = panes.filter(({ session }) => session === tmux_session);
    for (const pane of [...panes.filter((own) => own.pid === pid), ...named]) {
      if (pane.pid === pid || (await processes.descendants(pane.pid)).includes(pid)) return pane.title;
    }
    return null;
  } catch (thrown) {
    if (thrown instanceof ConveyorError) return null;
    throw thrown;
  }
}

/** Rollouts that the process and its descendants hold open, those of sub-agents left out when there is another. */
async function rolloutsOfTree({ processes }: AgentMachine, pid: number): Promise<RolloutMeta[]> {
  const files = await Promise.all([pid, ...(await processes.descendants(pid))].map((one) => processes.openFiles(one)));
  const metas = rolloutCandidates(files.flat()).map(readRolloutMeta);
  const own = metas.filter((meta) => (meta.thread_source ?? "user") === "user");
  return own.length > 0 ? own : metas;
}

async function rolloutsOfFolders(
  { clock, processes }: AgentMachine,
  home: string,
  wish: ProcessWish,
  cwd: string | null,
): Promise<RolloutMeta[]> {
  if (cwd === null) return [];
  const started_at = await processes.startTime(wish.pid);
  const days = dayFolders(clock.now(), dayCount(clock.now(), started_at));
  const { found } = scanRollouts(home, days, { cwd, thread_source: "user" });
  return found.filter((one) => !wish.claimed.has(one.path));
}

/** At least today and yesterday (spec 01 §5.3 step 4); a process that runs longer may have an older rollout. */
function dayCount(now: Date, started_at: string | null): number {
  const age_ms = started_at === null ? 0 : now.getTime() - Date.parse(started_at);
  return Math.min(MOST_DAYS, Math.max(2, Math.ceil(age_ms / DAY_MS) + 1));
}
