export * from "./campaigns.ts";
export * from "./changes.ts";
export * from "./counts.ts";
export * from "./items.ts";
export * from "./slots.ts";
