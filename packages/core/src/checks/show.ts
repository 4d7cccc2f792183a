import type { Input, Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { checkOf, checkRunOf, findCheck } from "./check.ts";

/** A check and its newest run (spec 09 §9.4). Throws `not_found`. */
export async function show(ctx: Ctx, input: Input<"checks.show">): Promise<Output<"checks.show">> {
  return ctx.store.read(async (tx) => {
    const { row } = await findCheck(tx, input.check);
    const newest = await tx.db.check_runs.findFirst({ where: { check_id: row.id }, orderBy: { seq: "desc" } });
    return { check: checkOf(row), newest_run: newest && checkRunOf(newest) };
  });
}
