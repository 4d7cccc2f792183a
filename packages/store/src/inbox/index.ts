export * from "./acknowledgements.ts";
export * from "./heartbeats.ts";
export * from "./items.ts";
