import { mutation, query, router, subscription } from "./trpc.ts";

export const proofRouter = router({
  show: query("proof.show", () => import("@conveyor/core/proof/show")),
  watch: subscription("proof.watch", () => import("@conveyor/core/proof/watch")),
  verify: mutation("proof.verify", () => import("@conveyor/core/proof/verify")),
});
