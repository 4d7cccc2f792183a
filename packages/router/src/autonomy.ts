import { mutation, query, router } from "./trpc.ts";

export const autonomyRouter = router({
  heartbeat: mutation("autonomy.heartbeat", () => import("@conveyor/core/autonomy/heartbeat")),
  loopStatus: query("autonomy.loopStatus", () => import("@conveyor/core/autonomy/loop-status")),
  planWakeup: query("autonomy.planWakeup", () => import("@conveyor/core/autonomy/plan-wakeup")),
  dispatchWakeup: mutation("autonomy.dispatchWakeup", () => import("@conveyor/core/autonomy/dispatch-wakeup")),
  recordWakeupDelivery: mutation(
    "autonomy.recordWakeupDelivery",
    () => import("@conveyor/core/autonomy/record-wakeup-delivery"),
  ),
  startAutopilot: mutation("autonomy.startAutopilot", () => import("@conveyor/core/autonomy/start-autopilot")),
  autopilotStatus: query("autonomy.autopilotStatus", () => import("@conveyor/core/autonomy/autopilot-status")),
  stopAutopilot: mutation("autonomy.stopAutopilot", () => import("@conveyor/core/autonomy/stop-autopilot")),
  recordAutomation: mutation("autonomy.recordAutomation", () => import("@conveyor/core/autonomy/record-automation")),
  planRotation: mutation("autonomy.planRotation", () => import("@conveyor/core/autonomy/plan-rotation")),
  recordRotation: mutation("autonomy.recordRotation", () => import("@conveyor/core/autonomy/record-rotation")),
  preflightSmoke: query("autonomy.preflightSmoke", () => import("@conveyor/core/autonomy/preflight-smoke")),
  startSmoke: mutation("autonomy.startSmoke", () => import("@conveyor/core/autonomy/start-smoke")),
  recordSmoke: mutation("autonomy.recordSmoke", () => import("@conveyor/core/autonomy/record-smoke")),
  smokeStatus: query("autonomy.smokeStatus", () => import("@conveyor/core/autonomy/smoke-status")),
  aggregateSmoke: query("autonomy.aggregateSmoke", () => import("@conveyor/core/autonomy/aggregate-smoke")),
});
