import * as bindingsOperations from "@conveyor/contracts/bindings";
import * as bindings from "@conveyor/core/bindings";
import { mutation, router } from "./trpc.ts";

export const bindingsRouter = router({
  bind: mutation(bindingsOperations.bind, bindings.bind),
  createDisposable: mutation(bindingsOperations.createDisposable, bindings.createDisposableBinding),
  unbind: mutation(bindingsOperations.unbind, bindings.unbind),
});
