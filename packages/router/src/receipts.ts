import { mutation, query, router } from "./trpc.ts";

export const receiptsRouter = router({
  create: mutation("receipts.create", () => import("@conveyor/core/receipts/create")),
  verify: query("receipts.verify", () => import("@conveyor/core/receipts/verify")),
  key: mutation("receipts.key", () => import("@conveyor/core/receipts/key")),
});
