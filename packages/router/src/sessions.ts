import { mutation, query, router, subscription } from "./trpc.ts";

export const sessionsRouter = router({
  registerWorker: mutation("sessions.registerWorker", () => import("@conveyor/core/sessions/register")),
  registerManager: mutation("sessions.registerManager", () => import("@conveyor/core/sessions/register")),
  deregister: mutation("sessions.deregister", () => import("@conveyor/core/sessions/deregister")),
  list: query("sessions.list", () => import("@conveyor/core/sessions/list")),
  onChange: subscription("sessions.onChange", () => import("@conveyor/core/sessions/on-change")),
});
