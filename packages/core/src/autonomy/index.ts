export { dispatchWakeup } from "./dispatch-wakeup.ts";
export { heartbeat } from "./heartbeat.ts";
export { planWakeup } from "./plan-wakeup.ts";
export { promptText } from "./prompts/prompts.ts";
export { heartbeatRecommendations } from "./recommendations.ts";
export { recordWakeupDelivery } from "./record-delivery.ts";
export { showLoopStatus } from "./show-loop-status.ts";
