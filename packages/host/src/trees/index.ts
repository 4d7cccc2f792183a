export { changedPaths, coveredHash, type Tree, type TreeEntry, type TreeOptions } from "./entries.ts";
export { fitsAnyGlob } from "./globs.ts";
export { readTree } from "./tree.ts";
export { TreeWatch } from "./watch.ts";
