export * from "./attempts.ts";
export * from "./claim.ts";
export * from "./commands.ts";
export * from "./completions.ts";
export * from "./dispatchers.ts";
export * from "./isolate.ts";
export * from "./items.ts";
export * from "./loops.ts";
export {
  lastSessionOfTask,
  permissionsOfTask,
  ROUTE_SQL,
  type Route,
  type RouteSession,
  routeOfTask,
} from "./routes.ts";
