import type { Attention } from "@conveyor/contracts/agent-status";
import { rolloutAttention } from "@conveyor/host";
import type { Ctx } from "../ctx.ts";
import type { Observed } from "../shared/observed.ts";
import { storedObservation } from "../shared/recorded.ts";
import { ingestSession } from "./ingest.ts";
import type { TerminalSubject } from "./terminal.ts";

/** A session and where its agent records what it does. */
export type Recorded = Pick<TerminalSubject, "agent"> & { session: { id: string; record_path: string | null } };

/** What the session's rollout tells up to now; null when it has none that can be read. */
export async function readObserved(ctx: Ctx, { session, agent }: Recorded): Promise<Observed | null> {
  if (agent.records === null || session.record_path === null) return null;
  try {
    await ingestSession(ctx, session.id, { telemetry: "when_new" });
  } catch {
    return null;
  }
  return (await ctx.store.read((tx) => storedObservation(tx, session.id))).observed;
}

/**
 * What the session's agent waits for by its own record (spec 02 §4.4), for callers about to press Enter. A session
 * without a record of its own waits for nothing; a record that cannot be read may hold an approval.
 */
export async function unansweredOf(ctx: Ctx, subject: TerminalSubject): Promise<Attention> {
  if (subject.agent.records === null || subject.session.record_path === null) return "none";
  const observed = await readObserved(ctx, subject);
  return observed === null ? "approval" : rolloutAttention(observed.attention, observed.turns);
}
