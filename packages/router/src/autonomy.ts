import * as autonomyOperations from "@conveyor/contracts/autonomy";
import * as autonomy from "@conveyor/core/autonomy";
import { mutation, query, router } from "./trpc.ts";

export const autonomyRouter = router({
  heartbeat: mutation(autonomyOperations.heartbeat, autonomy.heartbeat),
  loopStatus: query(autonomyOperations.loopStatus, autonomy.showLoopStatus),
  planWakeup: query(autonomyOperations.planWakeup, autonomy.planWakeup),
  dispatchWakeup: mutation(autonomyOperations.dispatchWakeup, autonomy.dispatchWakeup),
  recordWakeupDelivery: mutation(autonomyOperations.recordWakeupDelivery, autonomy.recordWakeupDelivery),
});
