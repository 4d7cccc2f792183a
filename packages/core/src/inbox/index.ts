import type { InboxDocument, InputOf, operations } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { listInbox, takeFromInbox } from "./poll.ts";
import { roleInbox, sessionInbox } from "./scope.ts";

export { acknowledge, listAcknowledgements } from "./acknowledge.ts";
export { consumePushedItems, waitingItems } from "./consume.ts";
export { followInbox } from "./follow.ts";
export { inboxItemOf } from "./item.ts";
export { putBackOverdue } from "./put-back.ts";
export { release } from "./release.ts";

type Inbox = (typeof operations)["inbox"];

/** `session-inbox` (spec 03 §7.6). Throws `not_found`, `ambiguous`. */
export async function listSession(ctx: Ctx, input: InputOf<Inbox["session"]>): Promise<InboxDocument> {
  return listInbox(ctx, await sessionInbox(ctx, input.session), input);
}

/** `session-inbox --consume-next`. Throws `not_found`, `ambiguous`. */
export async function takeSession(ctx: Ctx, input: InputOf<Inbox["takeSession"]>): Promise<InboxDocument> {
  return takeFromInbox(ctx, await sessionInbox(ctx, input.session), input);
}

/** `manager-inbox`. Throws `not_found`, `ambiguous`, `no_active_binding`, `terminal_state`. */
export async function listManager(ctx: Ctx, input: InputOf<Inbox["manager"]>): Promise<InboxDocument> {
  return listInbox(ctx, await roleInbox(ctx, input.task, "manager"), input);
}

/** `manager-inbox --consume-next`. Throws as `listManager`. */
export async function takeManager(ctx: Ctx, input: InputOf<Inbox["takeManager"]>): Promise<InboxDocument> {
  return takeFromInbox(ctx, await roleInbox(ctx, input.task, "manager"), input);
}

/** `worker-inbox`. Throws as `listManager`. */
export async function listWorker(ctx: Ctx, input: InputOf<Inbox["worker"]>): Promise<InboxDocument> {
  return listInbox(ctx, await roleInbox(ctx, input.task, "worker"), input);
}

/** `worker-inbox --consume-next`. Throws as `listManager`. */
export async function takeWorker(ctx: Ctx, input: InputOf<Inbox["takeWorker"]>): Promise<InboxDocument> {
  return takeFromInbox(ctx, await roleInbox(ctx, input.task, "worker"), input);
}
