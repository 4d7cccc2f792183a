export * from "./deliveries.ts";
