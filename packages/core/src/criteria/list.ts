import type { Input, Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { criteriaOf, criteriaSummaryOf } from "./criterion.ts";

/** A task's criteria by id; the summary always counts all of them (spec 04 §4.5). */
export async function list(ctx: Ctx, input: Input<"criteria.list">): Promise<Output<"criteria.list">> {
  return ctx.store.peek((tx) => {
    const { id, name } = resolveTask(tx, input.task);
    const all = criteriaOf(tx, id);
    const criteria = input.status.length === 0 ? all : all.filter(({ status }) => input.status.includes(status));
    return { task: { id, name }, criteria, summary: criteriaSummaryOf(all) };
  });
}
