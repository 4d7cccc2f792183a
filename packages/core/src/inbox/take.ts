import type { Input, Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { takeFromInbox } from "./poll.ts";
import { roleInbox, sessionInbox } from "./scope.ts";

/** `session-inbox --consume-next` (spec 03 §7.6). Throws `not_found`, `ambiguous`. */
export async function takeSession(ctx: Ctx, input: Input<"inbox.takeSession">): Promise<Output<"inbox.takeSession">> {
  return takeFromInbox(ctx, await sessionInbox(ctx, input.session), input);
}

/** `manager-inbox --consume-next`. Throws `not_found`, `ambiguous`, `no_active_binding`, `terminal_state`. */
export async function takeManager(ctx: Ctx, input: Input<"inbox.takeManager">): Promise<Output<"inbox.takeManager">> {
  return takeFromInbox(ctx, await roleInbox(ctx, input.task, "manager"), input);
}

/** `worker-inbox --consume-next`. Throws as `takeManager`. */
export async function takeWorker(ctx: Ctx, input: Input<"inbox.takeWorker">): Promise<Output<"inbox.takeWorker">> {
  return takeFromInbox(ctx, await roleInbox(ctx, input.task, "worker"), input);
}
