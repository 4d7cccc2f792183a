import { mutation, query, router } from "./trpc.ts";

export const setupRouter = router({
  preview: query("setup.preview", () => import("@conveyor/core/setup/preview")),
  applyBundle: mutation("setup.applyBundle", () => import("@conveyor/core/setup/apply-bundle")),
  show: query("setup.show", () => import("@conveyor/core/setup/show")),
});
