export * from "./dispatchers.ts";
