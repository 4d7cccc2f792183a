export { type Scrub, scrubContents } from "./contents.ts";
export { dropContent, type Prunable, prunable, type RetentionWish } from "./prune.ts";
export type { RetentionKind } from "./rules.ts";
