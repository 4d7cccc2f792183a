import { ConveyorError } from "@conveyor/contracts/errors";
import {
  type Agent,
  carriesMarker,
  dayFolders,
  firstUserInput,
  judgeRollout,
  type PassedOverReason,
  type RolloutMeta,
  rolloutCandidates,
  rolloutMetaOrNull,
  scanRollouts,
} from "@conveyor/host";
import type { Ctx } from "../ctx.ts";

/** What is known of the agent whose rollout is looked for. */
export interface StartedAgent {
  /** The process in the pane. */
  pid: number;
  cwd: string;
  /** Its prompt carries the marker with this token. */
  token: string;
  /** When it was about to be started; its thread cannot be older. */
  not_before: Date;
}

export type RolloutLook = { rollout: RolloutMeta } | { rollout: null; reason: string };

const REASONS: Readonly<Record<PassedOverReason, string>> = {
  other_cwd: "works in another folder",
  other_thread: "belongs to another thread",
  not_fresh: "is older than this start",
  other_source: "belongs to a sub-agent",
  no_rollout: "is only just being written",
};

/**
 * Look once for the rollout of an agent that was just started: a fresh one that its process tree holds open, else the one
 * of today's or yesterday's folders whose first input carries the start's marker (spec 01 §5.3 step 4).
 */
export async function findRollout(ctx: Ctx, kind: Agent, agent: StartedAgent): Promise<RolloutLook> {
  const held = await heldOpen(ctx, agent);
  return held.rollout === null ? inFolders(ctx, kind, agent, held.reason) : held;
}

async function heldOpen(ctx: Ctx, { pid, not_before, token }: StartedAgent): Promise<RolloutLook> {
  const { processes } = ctx.host;
  const tree = [pid, ...(await processes.descendants(pid))];
  const files = await Promise.all(tree.map((one) => processes.openFiles(one)));
  const looks = rolloutCandidates(files.flat()).map((path): RolloutLook => {
    const meta = rolloutMetaOrNull(path);
    const verdict = meta === null ? "no_rollout" : judgeRollout(meta, { not_before, thread_source: "user" });
    // The first agent of a Codex home may have started the process that holds everybody's.
    const said = meta !== null && verdict === null ? firstInputOf(path) : "";
    if (said !== "" && !carriesMarker(said, token))
      return { rollout: null, reason: `${path} belongs to another start` };
    if (meta !== null && verdict === null) return { rollout: meta };
    return { rollout: null, reason: `${path} ${REASONS[verdict ?? "no_rollout"]}` };
  });
  const found = looks.filter((look) => look.rollout !== null);
  const [only, other] = found;
  if (only !== undefined && other === undefined) return only;
  if (other !== undefined) return { rollout: null, reason: `the agent holds ${found.length} fresh rollouts open` };
  return looks[0] ?? { rollout: null, reason: "the agent has not written a rollout yet" };
}

async function inFolders(
  ctx: Ctx,
  { home }: Agent,
  { cwd, token, not_before }: StartedAgent,
  reason: string,
): Promise<RolloutLook> {
  const days = dayFolders(ctx.host.clock.now(), 2);
  const { found } = scanRollouts(home ?? "", days, { cwd, not_before, thread_source: "user" });
  const marked = found.filter(({ path }) => carriesMarker(firstInputOf(path), token));
  if (marked.length === 0) return { rollout: null, reason };
  const free = await withoutHolder(ctx, marked);
  const [only, other] = free;
  if (only !== undefined && other === undefined) return { rollout: only };
  return { rollout: null, reason: `${free.length} rollouts in the Codex home carry this start's mark` };
}

/** Those that no active session has. */
function withoutHolder(ctx: Ctx, metas: readonly RolloutMeta[]): Promise<RolloutMeta[]> {
  return ctx.store.read(async (tx) => {
    const holders = await tx.db.sessions.findMany({
      where: { state: "active", codex_session_path: { in: metas.map(({ path }) => path) } },
      select: { codex_session_path: true },
    });
    const held = new Set(holders.map(({ codex_session_path }) => codex_session_path));
    return metas.filter(({ path }) => !held.has(path));
  });
}

function firstInputOf(path: string): string {
  try {
    return firstUserInput(path) ?? "";
  } catch (thrown) {
    if (thrown instanceof ConveyorError) return "";
    throw thrown;
  }
}
