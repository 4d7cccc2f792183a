import type { FirstTurn, Output } from "@conveyor/contracts";
import { payloadObject } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import { recordsOf } from "../../shared/agent-records.ts";
import { agentNow, untilAnswered } from "../agent-now.ts";

type Turn = Pick<Output<"everyday.run">, "turn" | "why" | "said">;

const OUTCOMES: Readonly<Record<string, FirstTurn>> = {
  completed: "completed",
  failed: "failed",
  interrupted: "interrupted",
};

/**
 * Follow an agent until its first turn has ended, it waits for somebody, or the time is over; 0 seconds follow nothing.
 */
export async function followFirstTurn(ctx: Ctx, session_id: string, seconds: number): Promise<Turn> {
  let why = "it has begun";
  const ended =
    seconds === 0
      ? undefined
      : await untilAnswered(ctx, seconds, async () => {
          const { agent_status, turns } = await agentNow(ctx, session_id);
          why = agent_status.detail;
          if (turns.ended !== null) return { turn: OUTCOMES[turns.outcome ?? ""] ?? "failed", turn_id: turns.ended };
          if (agent_status.phase === "waiting") return { turn: "waiting" as const, turn_id: null };
          if (agent_status.phase === "gone") return { turn: "gone" as const, turn_id: null };
          return undefined;
        });
  if (ended === undefined) return { turn: seconds === 0 ? "not_followed" : "running", why, said: null };
  return { turn: ended.turn, why, said: ended.turn_id === null ? null : await wordsOf(ctx, session_id, ended.turn_id) };
}

/** What an agent said at the end of a turn; null when it said nothing, or its record does not tell. */
function wordsOf(ctx: Ctx, session_id: string, turn_id: string): Promise<string | null> {
  return ctx.store.read(async (tx) => {
    const end = await tx.db.turn_ends.findFirst({
      where: { session_id, turn_id },
      orderBy: { event_id: "desc" },
      include: { event: true, session: true },
    });
    if (end === null) return null;
    const receipt = recordsOf(ctx.agents, end.session).receipt(payloadObject(end.event));
    return receipt?.last_agent_message ?? null;
  });
}
