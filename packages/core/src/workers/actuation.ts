import type { Ctx } from "../ctx.ts";

export type WorkerActuation = "nudge" | "interrupt";

interface Named {
  name: string;
}

/** Record that something is about to be typed into the terminal of a worker folder, so that a crash in between is visible. */
export async function recordStart(
  ctx: Ctx,
  { name }: Named,
  actuation: WorkerActuation,
  facts: Record<string, unknown>,
): Promise<void> {
  await ctx.store.fast((tx) => {
    tx.telemetry({
      event_type: `worker_${actuation}_started`,
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
  outcome: { success: boolean; [fact: string]: unknown },
): Promise<void> {
  await ctx.store.fast((tx) => {
    tx.telemetry({
      event_type: `worker_${actuation}_${outcome.success ? "succeeded" : "failed"}`,
      severity: outcome.success ? "info" : "error",
      summary: `${actuation} of ${name} ${outcome.success ? "succeeded" : "failed"}`,
      correlation: { worker: name },
      attributes: outcome,
    });
  });
}
