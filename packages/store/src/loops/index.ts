export * from "./continuations.ts";
export * from "./receipts.ts";
export * from "./runs.ts";
export * from "./status.ts";
export * from "./templates.ts";
