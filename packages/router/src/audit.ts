import { query, router } from "./trpc.ts";

export const auditRouter = router({
  show: query("audit.show", () => import("@conveyor/core/audit/show")),
  replay: query("audit.replay", () => import("@conveyor/core/audit/replay")),
  trace: query("audit.trace", () => import("@conveyor/core/audit/trace")),
});
