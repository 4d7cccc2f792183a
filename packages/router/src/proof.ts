import { mutation, query, router } from "./trpc.ts";

export const proofRouter = router({
  show: query("proof.show", () => import("@conveyor/core/proof/show")),
  verify: mutation("proof.verify", () => import("@conveyor/core/proof/verify")),
});
