import { operations } from "@conveyor/contracts";
import { startup } from "@conveyor/core";
import { mutation, query, router } from "./trpc.ts";

export const startupRouter = router({
  startWorker: mutation(operations.startup.startWorker, startup.startWorker),
  startManager: mutation(operations.startup.startManager, startup.startManager),
  pair: mutation(operations.startup.pair, startup.pair),
  planPair: query(operations.startup.planPair, startup.planPair),
  start: mutation(operations.startup.start, startup.startPlain),
});
