import { operations } from "@conveyor/contracts";
import { bindings } from "@conveyor/core";
import { mutation, router } from "./trpc.ts";

export const bindingsRouter = router({
  bind: mutation(operations.bindings.bind, bindings.bind),
  createDisposable: mutation(operations.bindings.createDisposable, bindings.createDisposableBinding),
  unbind: mutation(operations.bindings.unbind, bindings.unbind),
});
