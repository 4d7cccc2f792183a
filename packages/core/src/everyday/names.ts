import type { Input, Output } from "@conveyor/contracts";
import { campaignRows, lookups } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { MANAGER_RECIPES } from "../loops/recipes.ts";
import { LOOP_TEMPLATE_TABLE } from "../loops/templates.ts";

/** More than anybody looks through. */
const MOST_NAMES = 200;

/** Names for a shell to complete, each once, the newest first (spec 10.2). */
export async function names(ctx: Ctx, { kind }: Input<"everyday.names">): Promise<Output<"everyday.names">> {
  if (kind === "recipe") return MANAGER_RECIPES.map(({ slug }) => slug);
  if (kind === "template") return LOOP_TEMPLATE_TABLE.map(({ name }) => name);
  return ctx.store.peek((tx) => {
    if (kind === "campaign") return campaignRows.campaignNames(tx, MOST_NAMES);
    const tasks = kind === "session" ? [] : lookups.taskNames(tx, MOST_NAMES);
    const sessions = kind === "task" ? [] : lookups.sessionNames(tx, MOST_NAMES);
    return [...new Set([...tasks, ...sessions])];
  });
}
