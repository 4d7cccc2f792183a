import { mutation, router } from "./trpc.ts";

export const terminalsRouter = router({
  open: mutation("terminals.open", () => import("@conveyor/core/terminals/open")),
  openWorker: mutation("terminals.openWorker", () => import("@conveyor/core/terminals/open")),
  openManager: mutation("terminals.openManager", () => import("@conveyor/core/terminals/open")),
  stop: mutation("terminals.stop", () => import("@conveyor/core/terminals/stop")),
});
