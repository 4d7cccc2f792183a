import { ConveyorError } from "@conveyor/contracts/errors";
import type { EventAttributes } from "@conveyor/contracts/events/catalogue";
import type { Agent, TypingTarget } from "@conveyor/host";
import type { Ctx } from "../ctx.ts";
import { recordPlaceOf } from "../shared/recorded.ts";
import { liveBindingOfSession, resolveSession } from "../shared/references.ts";
import { typingTarget } from "../shared/typing/index.ts";

/** A session that can be typed to, and what its records are filed under. */
export interface TerminalSubject {
  session: { id: string; name: string; role: string; record_path: string | null };
  agent: Agent;
  pane: TypingTarget;
  /** The recorded pane, else the session: what people see as the target. */
  target: string;
  binding_id: string | null;
  task_id: string | null;
}

/** The session that a nudge or an interrupt means. Throws `not_found`, `precondition_failed` for one without terminal. */
export async function terminalOf(ctx: Ctx, reference: string): Promise<TerminalSubject> {
  return ctx.store.read(async (tx) => {
    const session = resolveSession(tx, reference);
    const binding = await liveBindingOfSession(tx, session.id);
    if (session.tmux_session === null) {
      throw new ConveyorError("precondition_failed", `session ${session.name} has no terminal to type into`, {
        hint: `queue it instead: conveyor enqueue-nudge-worker ${binding === null ? "TASK" : binding.task_id} --message TEXT`,
        details: { kind: "session", reason: "no_tmux", session: session.name },
      });
    }
    const { id, name, role } = session;
    return {
      session: { id, name, role, record_path: recordPlaceOf(session).record_path },
      agent: ctx.agents.of(session.agent_kind),
      pane: typingTarget(ctx.agents, session),
      target: session.tmux_pane_id ?? session.tmux_session,
      binding_id: binding?.id ?? null,
      task_id: binding?.task_id ?? null,
    };
  });
}

export type Actuation = "nudge" | "interrupt";

const EVENTS = {
  nudge: {
    started: "session_nudge_started",
    succeeded: "session_nudge_succeeded",
    failed: "session_nudge_failed",
    ended: "session_nudged",
  },
  interrupt: {
    started: "session_interrupt_started",
    succeeded: "session_interrupt_succeeded",
    failed: "session_interrupt_failed",
    ended: "session_interrupted",
  },
} as const;

/** What is to be typed: lengths, and the key. */
export type ActuationFacts = EventAttributes<"session_nudge_started" | "session_interrupt_started">;

/** How an attempt to type ended, without a word of what was typed. */
export type ActuationOutcome = EventAttributes<"session_nudge_succeeded" | "session_interrupt_succeeded">;

/** Record that something is about to be typed, so that a crash in the middle is visible (architecture, side effects). */
export async function recordActuationStart(
  ctx: Ctx,
  subject: TerminalSubject,
  actuation: Actuation,
  facts: ActuationFacts,
) {
  await ctx.store.fast((tx) => {
    tx.tell(EVENTS[actuation].started, {
      task_id: subject.task_id,
      summary: `${actuation} of ${subject.session.name} started`,
      correlation: correlationOf(subject, facts),
      attributes: facts,
    });
  });
}

/** Record how it ended: the audit event, and the telemetry event for its outcome (spec 02 §8.15, §8.16). */
export async function recordActuationEnd(
  ctx: Ctx,
  subject: TerminalSubject,
  actuation: Actuation,
  outcome: ActuationOutcome,
) {
  const { session, task_id } = subject;
  await ctx.store.fast((tx) => {
    tx.tell(EVENTS[actuation].ended, {
      task_id,
      session_id: session.id,
      attributes: { session: session.name, ...outcome },
    });
    tx.tell(EVENTS[actuation][outcome.success ? "succeeded" : "failed"], {
      task_id,
      summary: `${actuation} of ${session.name} ${outcome.success ? "succeeded" : "failed"}`,
      correlation: correlationOf(subject, outcome),
      attributes: outcome,
    });
  });
}

function correlationOf({ session, binding_id }: TerminalSubject, facts: ActuationFacts) {
  return {
    session: session.name,
    session_id: session.id,
    role: session.role,
    binding_id,
    dry_run: facts.dry_run,
    ...("key" in facts && { key: facts.key }),
  };
}
