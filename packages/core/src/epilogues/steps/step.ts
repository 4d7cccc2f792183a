import type { Ctx } from "../../ctx.ts";

/** What a step came to. */
export interface StepOutcome {
  state: "succeeded" | "failed";
  result: Record<string, unknown> | null;
  error: string | null;
}

/** Whose closing step it is. */
export interface StepSubject {
  id: string;
  name: string;
  goal: string;
}

/** Takes a step; holds no transaction while something outside the ledger happens. */
export type TakeStep = (ctx: Ctx, task: StepSubject) => Promise<StepOutcome>;

export const succeeded = (result: Record<string, unknown>): StepOutcome => ({
  state: "succeeded",
  result,
  error: null,
});

export const failed = (error: string, result: Record<string, unknown> | null = null): StepOutcome => ({
  state: "failed",
  result,
  error,
});
