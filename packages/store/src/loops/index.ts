export * from "./continuations.ts";
export * from "./receipts.ts";
export * from "./runs.ts";
