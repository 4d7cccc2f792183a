import { operations } from "@conveyor/contracts";
import { sessions } from "@conveyor/core";
import { mutation, query, router, subscription } from "./trpc.ts";

export const sessionsRouter = router({
  registerWorker: mutation(operations.sessions.registerWorker, sessions.registerWorker),
  registerManager: mutation(operations.sessions.registerManager, sessions.registerManager),
  deregister: mutation(operations.sessions.deregister, sessions.deregisterSession),
  list: query(operations.sessions.list, sessions.listSessions),
  onChange: subscription(operations.sessions.onChange, sessions.watchSessions),
});
