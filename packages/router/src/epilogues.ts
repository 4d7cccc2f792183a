import { mutation, query, router } from "./trpc.ts";

export const epiloguesRouter = router({
  run: mutation("epilogues.run", () => import("@conveyor/core/epilogues/run")),
  list: query("epilogues.list", () => import("@conveyor/core/epilogues/list")),
  status: query("epilogues.status", () => import("@conveyor/core/epilogues/list")),
});
