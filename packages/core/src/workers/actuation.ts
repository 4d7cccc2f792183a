import type { EventAttributes } from "@conveyor/contracts/events/catalogue";
import type { Ctx } from "../ctx.ts";

export type WorkerActuation = "nudge" | "interrupt";

const EVENTS = {
  nudge: { started: "worker_nudge_started", succeeded: "worker_nudge_succeeded", failed: "worker_nudge_failed" },
  interrupt: {
    started: "worker_interrupt_started",
    succeeded: "worker_interrupt_succeeded",
    failed: "worker_interrupt_failed",
  },
} as const;

interface Named {
  name: string;
}

/** Record that something is about to be typed into the terminal of a worker folder, so that a crash in between is visible. */
export async function recordStart(
  ctx: Ctx,
  { name }: Named,
  actuation: WorkerActuation,
  facts: EventAttributes<"worker_nudge_started" | "worker_interrupt_started">,
): Promise<void> {
  await ctx.store.fast((tx) => {
    tx.tell(EVENTS[actuation].started, {
      summary: `${actuation} of ${name} started`,
      correlation: { worker: name },
      attributes: facts,
    });
  });
}

/** Record how it ended, without a word of what was typed. */
export async function recordEnd(
  ctx: Ctx,
  { name }: Named,
  actuation: WorkerActuation,
  outcome: EventAttributes<"worker_nudge_succeeded" | "worker_interrupt_succeeded">,
): Promise<void> {
  await ctx.store.fast((tx) => {
    tx.tell(EVENTS[actuation][outcome.success ? "succeeded" : "failed"], {
      summary: `${actuation} of ${name} ${outcome.success ? "succeeded" : "failed"}`,
      correlation: { worker: name },
      attributes: outcome,
    });
  });
}
