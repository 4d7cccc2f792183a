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
});
