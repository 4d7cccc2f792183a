export * from "./attempts.ts";
export * from "./claim.ts";
export * from "./commands.ts";
export * from "./completions.ts";
export * from "./dead.ts";
export * from "./dispatchers.ts";
export * from "./fallen-back.ts";
export * from "./holders.ts";
export * from "./isolate.ts";
export * from "./items.ts";
export * from "./overview.ts";
export * from "./overview-chains.ts";
export * from "./pauses.ts";
export {
  lastSessionOfTask,
  permissionsOfTask,
  ROUTE_SQL,
  type Route,
  type RouteSession,
  routeOfTask,
} from "./routes.ts";
export * from "./submitted.ts";
