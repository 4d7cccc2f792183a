import { mutation, query, router } from "./trpc.ts";

export const notificationsRouter = router({
  list: query("notifications.list", () => import("@conveyor/core/notifications/list")),
  testSink: mutation("notifications.testSink", () => import("@conveyor/core/notifications/test-sink")),
  statusLine: query("notifications.statusLine", () => import("@conveyor/core/notifications/status-line")),
});
