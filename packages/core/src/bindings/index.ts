export { bind, bindWithin, insertBinding } from "./bind.ts";
export { createDisposableBinding } from "./disposable/create-disposable-binding.ts";
export { unbind } from "./unbind.ts";
