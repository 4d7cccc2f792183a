export { bind, insertBinding } from "./bind.ts";
export { unbind } from "./unbind.ts";
