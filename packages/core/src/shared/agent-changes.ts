import { statSync } from "node:fs";
import type { AgentStatus } from "@conveyor/contracts";
import { type FastTx, lookups } from "@conveyor/store";
import { judgeStatus, openSeen, type PaneMeaning, type RolloutMark, type Seen } from "./agent-status.ts";

/** What one look at a session found; what was not looked at is left out. */
export interface Look {
  /** Null: the pane could not be seen. */
  pane?: { meaning: PaneMeaning; rollout: RolloutMark | null } | null;
  /** Null: unknown. */
  alive?: boolean | null;
}

/** How large the rollout is now, to be taken before the pane is looked at; null when there is none. */
export function rolloutMark(path: string | null): RolloutMark | null {
  const bytes = path === null ? undefined : statSync(path, { throwIfNoEntry: false })?.size;
  return path === null || bytes === undefined ? null : { path, bytes };
}

/**
 * Do something that changes what is known of a session. When its agent's status is another afterwards, its tasks count as
 * changed, so that their followers are woken, and what asks for attention is recorded in telemetry (spec 08 §8.10).
 */
export function changingStatus<T>(tx: FastTx, session_id: string, change: () => T): T {
  const before = lookups.agentStatusRow(tx, session_id);
  const result = change();
  const after = lookups.agentStatusRow(tx, session_id);
  if (before === undefined || after === undefined) return result;
  const was = judgeStatus(before, null);
  const is = judgeStatus(after, null);
  if (isSame(was, is)) return result;
  const task_id = lookups.touchTaskOf(tx, session_id);
  if (asksForSomebody(was) || asksForSomebody(is)) tellChange(tx, after, { task_id, was, is });
  return result;
}

/** How a session's agent stands by what is kept. Throws when the session does not exist. */
export function statusOfSession(tx: FastTx, session_id: string): AgentStatus {
  const row = lookups.agentStatusRow(tx, session_id);
  if (row === undefined) throw new Error(`no session ${session_id}`);
  return judgeStatus(row, null);
}

/** Whether a look says something new about a session. Pure. */
export function isNews(row: lookups.AgentStatusRow, look: Look, now: string): boolean {
  return !isSame(judgeStatus(row, null), judgeStatus({ ...row, seen_json: seenAfter(row, look, now) }, null));
}

/** Keep what a look at a session found. Writes only when that says something new. */
export function noteLook(tx: FastTx, session_id: string, look: Look): void {
  const row = lookups.agentStatusRow(tx, session_id);
  if (row === undefined || !isNews(row, look, tx.now)) return;
  changingStatus(tx, session_id, () => lookups.saveSeen(tx, session_id, seenAfter(row, look, tx.now)));
}

function seenAfter({ seen_json }: lookups.AgentStatusRow, { pane, alive }: Look, now: string): string {
  const seen = openSeen(seen_json);
  const after: Seen = {
    pane:
      pane == null
        ? seen.pane
        : {
            attention: pane.meaning.attention,
            startup: pane.meaning.startup,
            title: pane.meaning.title,
            rollout: pane.rollout,
            at: now,
            since: seen.pane?.attention === pane.meaning.attention ? seen.pane.since : now,
          },
    process: alive == null ? seen.process : { alive, since: seen.process?.alive === alive ? seen.process.since : now },
  };
  return JSON.stringify(after);
}

/** Whether two say the same; when it was seen once more is nothing new. */
function isSame(a: AgentStatus, b: AgentStatus): boolean {
  return (
    a.phase === b.phase &&
    a.attention === b.attention &&
    a.detail === b.detail &&
    a.confidence === b.confidence &&
    a.since === b.since
  );
}

function asksForSomebody({ phase }: AgentStatus): boolean {
  return phase === "waiting" || phase === "failed" || phase === "gone";
}

function tellChange(
  tx: FastTx,
  session: lookups.AgentStatusRow,
  { task_id, was, is }: { task_id: string | null; was: AgentStatus; is: AgentStatus },
): void {
  tx.tell("agent_status_changed", {
    task_id,
    severity: asksForSomebody(is) ? "warning" : "info",
    summary: `${session.name} ${is.detail}`,
    correlation: { session: session.name, session_id: session.id },
    attributes: { phase: is.phase, attention: is.attention, previous: was.phase, sources: is.sources },
  });
}
