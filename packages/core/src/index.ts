export { Store } from "@conveyor/store";
export type { Ctx, HostCtx, Settings } from "./ctx.ts";
export * as tasks from "./tasks/index.ts";
