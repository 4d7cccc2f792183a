import { query, router } from "./trpc.ts";

export const everydayRouter = router({
  overview: query("everyday.overview", () => import("@conveyor/core/everyday/overview")),
  ps: query("everyday.ps", () => import("@conveyor/core/everyday/ps")),
  inbox: query("everyday.inbox", () => import("@conveyor/core/everyday/inbox")),
  inspect: query("everyday.inspect", () => import("@conveyor/core/everyday/inspect")),
  attach: query("everyday.attach", () => import("@conveyor/core/everyday/attach")),
});
