import type { AgentStatus } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { lookups } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { ingest } from "../observation/ingest.ts";
import { rolloutMark } from "../shared/agent-changes.ts";
import { judgeStatus } from "../shared/agent-status.ts";
import { processLives } from "../shared/bound-agents.ts";
import { openObserved } from "../shared/observed.ts";

/** How an agent stands, and which turns it has had. */
export interface AgentNow {
  agent_status: AgentStatus;
  /** Its open turn, and the last that ended; null where there was none. */
  turns: { open: string | null; ended: string | null; outcome: string | null };
}

/**
 * How a session's agent stands now; what its record says and nobody has read yet is read first. A record that cannot be
 * read leaves what is known. Must be called outside of a transaction.
 */
export async function agentNow(ctx: Ctx, session_id: string): Promise<AgentNow> {
  const look = () => ctx.store.peek((tx) => lookups.agentStatusRow(tx, session_id));
  let row = await look();
  if (row !== undefined && isBehind(row)) {
    await ingest(ctx, { session: session_id }).catch((thrown: unknown) => {
      if (!(thrown instanceof ConveyorError)) throw thrown;
    });
    row = await look();
  }
  if (row === undefined) throw new Error(`no session ${session_id}`);
  const { turns } = openObserved(row.observation_json, row.thread_id);
  return {
    agent_status: judgeStatus(row, await processLives(ctx, row)),
    turns: {
      open: turns.open?.turn_id ?? null,
      ended: turns.latest_ended?.turn_id ?? null,
      outcome: turns.latest_ended?.outcome ?? null,
    },
  };
}

function isBehind({ record_path, last_ingest_offset, state }: lookups.AgentStatusRow): boolean {
  return state === "active" && (rolloutMark(record_path)?.bytes ?? 0) > (last_ingest_offset ?? 0);
}

/** A record of an agent grows silently; interval of the looks at it, in milliseconds. */
const LOOK_EVERY_MS = 1000;

/**
 * Ask until the answer is not undefined or the time is over, after every change of the ledger and once a second. Answers
 * undefined when the time is over or the caller goes away.
 */
export async function untilAnswered<Answer>(
  ctx: Ctx,
  timeout_seconds: number,
  ask: () => Promise<Answer | undefined>,
): Promise<Answer | undefined> {
  const { clock } = ctx.host;
  const deadline = clock.monotonic_ms() + timeout_seconds * 1000;
  for (;;) {
    // Taken before looking: what is written while we look wakes the next wait at once.
    const since = ctx.store.changes.version;
    const answer = await ask();
    const left = deadline - clock.monotonic_ms();
    if (answer !== undefined || left <= 0 || ctx.signal.aborted) return answer;
    await ctx.store.changes.wait(since, { timeout_ms: Math.min(left, LOOK_EVERY_MS), signal: ctx.signal });
  }
}
