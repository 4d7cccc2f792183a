export { type Prunable, prunable, prune, type RetentionWish } from "./prune.ts";
export type { RetentionKind } from "./rules.ts";
