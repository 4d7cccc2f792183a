import * as startupOperations from "@conveyor/contracts/startup";
import * as startup from "@conveyor/core/startup";
import { mutation, query, router } from "./trpc.ts";

export const startupRouter = router({
  startWorker: mutation(startupOperations.startWorker, startup.startWorker),
  startManager: mutation(startupOperations.startManager, startup.startManager),
  pair: mutation(startupOperations.pair, startup.pair),
  planPair: query(startupOperations.planPair, startup.planPair),
  start: mutation(startupOperations.start, startup.startPlain),
});
