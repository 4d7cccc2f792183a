import { mutation, query, router } from "./trpc.ts";

export const startupRouter = router({
  startWorker: mutation("startup.startWorker", () => import("@conveyor/core/startup/start-worker")),
  startManager: mutation("startup.startManager", () => import("@conveyor/core/startup/start-manager")),
  pair: mutation("startup.pair", () => import("@conveyor/core/startup/pair")),
  planPair: query("startup.planPair", () => import("@conveyor/core/startup/plan-pair")),
  start: mutation("startup.start", () => import("@conveyor/core/startup/start")),
});
