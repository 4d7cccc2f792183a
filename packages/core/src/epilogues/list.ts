import type { Input, Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { epilogueDocumentOf } from "./document.ts";

/** The closing steps of a task and their runs (spec 04 §4.13). Throws `not_found`. */
export async function list(ctx: Ctx, input: Input<"epilogues.status">): Promise<Output<"epilogues.list">> {
  return ctx.store.read((tx) => epilogueDocumentOf(tx, resolveTask(tx, input.task), input.correlation_id));
}

/** The same document. */
export async function status(ctx: Ctx, input: Input<"epilogues.status">): Promise<Output<"epilogues.status">> {
  return list(ctx, input);
}
