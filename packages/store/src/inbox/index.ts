export * from "./acknowledgements.ts";
export * from "./awaited.ts";
export * from "./heartbeats.ts";
export * from "./items.ts";
export * from "./open-items.ts";
export * from "./terms.ts";
