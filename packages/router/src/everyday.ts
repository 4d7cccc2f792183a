import { mutation, query, router, subscription } from "./trpc.ts";

export const everydayRouter = router({
  overview: query("everyday.overview", () => import("@conveyor/core/everyday/overview")),
  ps: query("everyday.ps", () => import("@conveyor/core/everyday/ps")),
  run: mutation("everyday.run", () => import("@conveyor/core/everyday/run")),
  inbox: query("everyday.inbox", () => import("@conveyor/core/everyday/inbox")),
  send: mutation("everyday.send", () => import("@conveyor/core/everyday/send")),
  wait: mutation("everyday.wait", () => import("@conveyor/core/everyday/wait")),
  logs: query("everyday.logs", () => import("@conveyor/core/everyday/logs")),
  onLog: subscription("everyday.onLog", () => import("@conveyor/core/everyday/logs")),
  rm: mutation("everyday.rm", () => import("@conveyor/core/everyday/rm")),
  names: query("everyday.names", () => import("@conveyor/core/everyday/names")),
  inspect: query("everyday.inspect", () => import("@conveyor/core/everyday/inspect")),
  attach: query("everyday.attach", () => import("@conveyor/core/everyday/attach")),
});
