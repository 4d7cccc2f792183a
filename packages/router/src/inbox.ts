import { mutation, query, router, subscription } from "./trpc.ts";

export const inboxRouter = router({
  session: query("inbox.session", () => import("@conveyor/core/inbox/list")),
  manager: query("inbox.manager", () => import("@conveyor/core/inbox/list")),
  worker: query("inbox.worker", () => import("@conveyor/core/inbox/list")),
  takeSession: mutation("inbox.takeSession", () => import("@conveyor/core/inbox/take")),
  takeManager: mutation("inbox.takeManager", () => import("@conveyor/core/inbox/take")),
  takeWorker: mutation("inbox.takeWorker", () => import("@conveyor/core/inbox/take")),
  release: mutation("inbox.release", () => import("@conveyor/core/inbox/release")),
  onItem: subscription("inbox.onItem", () => import("@conveyor/core/inbox/on-item")),
  acknowledgements: query("inbox.acknowledgements", () => import("@conveyor/core/inbox/acknowledge")),
  acknowledge: mutation("inbox.acknowledge", () => import("@conveyor/core/inbox/acknowledge")),
});
