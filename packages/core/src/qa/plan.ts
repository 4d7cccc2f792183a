import { type Input, type Output, QA_PLANS } from "@conveyor/contracts";
import type { HostCtx } from "../ctx.ts";
import { qaPlanOf } from "./plans/table.ts";

/** One plan, with those parts that it has (spec 05 §5.10). */
export async function plan(_ctx: HostCtx, { scenario }: Input<"qa.plan">): Promise<Output<"qa.plan">> {
  const { about: _about, ...rest } = qaPlanOf(scenario);
  return { scenario, ...rest };
}

/** The names of all plans, each with what it is about. */
export async function listPlans(_ctx: HostCtx, _input: Input<"qa.listPlans">): Promise<Output<"qa.listPlans">> {
  return {
    plans: QA_PLANS.map((scenario) => {
      const { about, steps } = qaPlanOf(scenario);
      return { scenario, about, steps: steps.length };
    }),
  };
}
