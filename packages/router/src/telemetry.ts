import { query, router, subscription } from "./trpc.ts";

export const telemetryRouter = router({
  list: query("telemetry.list", () => import("@conveyor/core/telemetry/list")),
  count: query("telemetry.count", () => import("@conveyor/core/telemetry/list")),
  summary: query("telemetry.summary", () => import("@conveyor/core/telemetry/summary")),
  snapshot: query("telemetry.snapshot", () => import("@conveyor/core/telemetry/snapshot")),
  snapshotTask: query("telemetry.snapshotTask", () => import("@conveyor/core/telemetry/snapshot")),
  task: query("telemetry.task", () => import("@conveyor/core/telemetry/task")),
  checkTask: query("telemetry.checkTask", () => import("@conveyor/core/telemetry/task")),
  check: query("telemetry.check", () => import("@conveyor/core/telemetry/check")),
  failures: query("telemetry.failures", () => import("@conveyor/core/telemetry/failures")),
  metrics: query("telemetry.metrics", () => import("@conveyor/core/telemetry/metrics")),
  onEvent: subscription("telemetry.onEvent", () => import("@conveyor/core/telemetry/on-event")),
});
