import { query, router, subscription } from "./trpc.ts";

export const auditRouter = router({
  show: query("audit.show", () => import("@conveyor/core/audit/show")),
  replay: query("audit.replay", () => import("@conveyor/core/audit/replay")),
  mutations: query("audit.mutations", () => import("@conveyor/core/audit/mutations")),
  whatIf: query("audit.whatIf", () => import("@conveyor/core/audit/what-if")),
  onEntry: subscription("audit.onEntry", () => import("@conveyor/core/audit/on-entry")),
  verify: query("audit.verify", () => import("@conveyor/core/audit/verify")),
  trace: query("audit.trace", () => import("@conveyor/core/audit/trace")),
});
