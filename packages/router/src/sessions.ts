import * as sessionsOperations from "@conveyor/contracts/sessions";
import * as sessions from "@conveyor/core/sessions";
import { mutation, query, router, subscription } from "./trpc.ts";

export const sessionsRouter = router({
  registerWorker: mutation(sessionsOperations.registerWorker, sessions.registerWorker),
  registerManager: mutation(sessionsOperations.registerManager, sessions.registerManager),
  deregister: mutation(sessionsOperations.deregister, sessions.deregisterSession),
  list: query(sessionsOperations.list, sessions.listSessions),
  onChange: subscription(sessionsOperations.onChange, sessions.watchSessions),
});
