import * as inboxOperations from "@conveyor/contracts/inbox";
import * as inbox from "@conveyor/core/inbox";
import { mutation, query, router, subscription } from "./trpc.ts";

export const inboxRouter = router({
  session: query(inboxOperations.session, inbox.listSession),
  manager: query(inboxOperations.manager, inbox.listManager),
  worker: query(inboxOperations.worker, inbox.listWorker),
  takeSession: mutation(inboxOperations.takeSession, inbox.takeSession),
  takeManager: mutation(inboxOperations.takeManager, inbox.takeManager),
  takeWorker: mutation(inboxOperations.takeWorker, inbox.takeWorker),
  release: mutation(inboxOperations.release, inbox.release),
  onItem: subscription(inboxOperations.onItem, inbox.followInbox),
  acknowledgements: query(inboxOperations.acknowledgements, inbox.listAcknowledgements),
  acknowledge: mutation(inboxOperations.acknowledge, inbox.acknowledge),
});
