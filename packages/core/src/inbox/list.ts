import type { Input, Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { listInbox } from "./poll.ts";
import { roleInbox, sessionInbox } from "./scope.ts";

/** `session-inbox` (spec 03 §7.6). Throws `not_found`, `ambiguous`. */
export async function session(ctx: Ctx, input: Input<"inbox.session">): Promise<Output<"inbox.session">> {
  return listInbox(ctx, await sessionInbox(ctx, input.session), input);
}

/** `manager-inbox`. Throws `not_found`, `ambiguous`, `no_active_binding`, `terminal_state`. */
export async function manager(ctx: Ctx, input: Input<"inbox.manager">): Promise<Output<"inbox.manager">> {
  return listInbox(ctx, await roleInbox(ctx, input.task, "manager"), input);
}

/** `worker-inbox`. Throws as `manager`. */
export async function worker(ctx: Ctx, input: Input<"inbox.worker">): Promise<Output<"inbox.worker">> {
  return listInbox(ctx, await roleInbox(ctx, input.task, "worker"), input);
}
