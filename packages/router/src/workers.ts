import { operations } from "@conveyor/contracts";
import { terminals, workers } from "@conveyor/core";
import { mutation, query, router, subscription } from "./trpc.ts";

export const workersRouter = router({
  create: mutation(operations.workers.create, (ctx, input) => workers.createWorker(ctx, input, terminals.openTerminal)),
  startTest: mutation(operations.workers.startTest, (ctx, input) => workers.startTest(ctx, input, terminals.openTerminal)),
  list: query(operations.workers.list, workers.list),
  status: mutation(operations.workers.status, workers.status),
  idleCheck: mutation(operations.workers.idleCheck, workers.idleCheck),
  capture: mutation(operations.workers.capture, workers.capture),
  nudge: mutation(operations.workers.nudge, workers.nudge),
  interrupt: mutation(operations.workers.interrupt, workers.interrupt),
  updateStatus: mutation(operations.workers.updateStatus, workers.updateStatus),
  classify: query(operations.workers.classify, workers.classify),
  events: query(operations.workers.events, workers.events),
  followEvents: subscription(operations.workers.followEvents, workers.followEvents),
  planImport: query(operations.workers.planImport, workers.planImport),
  importFolders: mutation(operations.workers.importFolders, workers.importFolders),
  importLedger: mutation(operations.workers.importLedger, workers.importLedger),
});
