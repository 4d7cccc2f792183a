import { mutation, router } from "./trpc.ts";

export const bindingsRouter = router({
  bind: mutation("bindings.bind", () => import("@conveyor/core/bindings/bind")),
  createDisposable: mutation("bindings.createDisposable", () => import("@conveyor/core/bindings/create-disposable")),
  unbind: mutation("bindings.unbind", () => import("@conveyor/core/bindings/unbind")),
});
