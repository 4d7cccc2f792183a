export * from "./facts.ts";
export * from "./measures.ts";
export type { ViewScope } from "./scope.ts";
export * from "./storage.ts";
