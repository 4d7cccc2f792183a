import * as workersOperations from "@conveyor/contracts/workers";
import * as terminals from "@conveyor/core/terminals";
import * as workers from "@conveyor/core/workers";
import { mutation, query, router, subscription } from "./trpc.ts";

export const workersRouter = router({
  create: mutation(workersOperations.create, (ctx, input) => workers.createWorker(ctx, input, terminals.openTerminal)),
  startTest: mutation(workersOperations.startTest, (ctx, input) =>
    workers.startTest(ctx, input, terminals.openTerminal),
  ),
  list: query(workersOperations.list, workers.list),
  status: mutation(workersOperations.status, workers.status),
  idleCheck: mutation(workersOperations.idleCheck, workers.idleCheck),
  capture: mutation(workersOperations.capture, workers.capture),
  nudge: mutation(workersOperations.nudge, workers.nudge),
  interrupt: mutation(workersOperations.interrupt, workers.interrupt),
  updateStatus: mutation(workersOperations.updateStatus, workers.updateStatus),
  classify: query(workersOperations.classify, workers.classify),
  events: query(workersOperations.events, workers.events),
  followEvents: subscription(workersOperations.followEvents, workers.followEvents),
  planImport: query(workersOperations.planImport, workers.planImport),
  importFolders: mutation(workersOperations.importFolders, workers.importFolders),
  importLedger: mutation(workersOperations.importLedger, workers.importLedger),
});
