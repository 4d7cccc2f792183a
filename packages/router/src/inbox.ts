import { operations } from "@conveyor/contracts";
import { inbox } from "@conveyor/core";
import { mutation, query, router, subscription } from "./trpc.ts";

export const inboxRouter = router({
  session: query(operations.inbox.session, inbox.listSession),
  manager: query(operations.inbox.manager, inbox.listManager),
  worker: query(operations.inbox.worker, inbox.listWorker),
  takeSession: mutation(operations.inbox.takeSession, inbox.takeSession),
  takeManager: mutation(operations.inbox.takeManager, inbox.takeManager),
  takeWorker: mutation(operations.inbox.takeWorker, inbox.takeWorker),
  onItem: subscription(operations.inbox.onItem, inbox.followInbox),
});
