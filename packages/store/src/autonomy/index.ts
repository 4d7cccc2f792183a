export * from "./autopilot.ts";
export * from "./dispatchers.ts";
export * from "./pairs.ts";
export * from "./wakeups.ts";
