import { mutation, query, router, subscription } from "./trpc.ts";

export const workersRouter = router({
  create: mutation("workers.create", () => import("@conveyor/core/workers/create")),
  startTest: mutation("workers.startTest", () => import("@conveyor/core/workers/create")),
  list: query("workers.list", () => import("@conveyor/core/workers/list")),
  status: mutation("workers.status", () => import("@conveyor/core/workers/status")),
  idleCheck: mutation("workers.idleCheck", () => import("@conveyor/core/workers/status")),
  capture: mutation("workers.capture", () => import("@conveyor/core/workers/capture")),
  nudge: mutation("workers.nudge", () => import("@conveyor/core/workers/nudge")),
  interrupt: mutation("workers.interrupt", () => import("@conveyor/core/workers/interrupt")),
  updateStatus: mutation("workers.updateStatus", () => import("@conveyor/core/workers/update-status")),
  classify: query("workers.classify", () => import("@conveyor/core/workers/classify")),
  events: query("workers.events", () => import("@conveyor/core/workers/events")),
  followEvents: subscription("workers.followEvents", () => import("@conveyor/core/workers/events")),
  planImport: query("workers.planImport", () => import("@conveyor/core/workers/import-folders")),
  importFolders: mutation("workers.importFolders", () => import("@conveyor/core/workers/import-folders")),
  importLedger: mutation("workers.importLedger", () => import("@conveyor/core/workers/import-ledger")),
});
