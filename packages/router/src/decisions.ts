import { mutation, router } from "./trpc.ts";

export const decisionsRouter = router({
  record: mutation("decisions.record", () => import("@conveyor/core/decisions/record")),
});
