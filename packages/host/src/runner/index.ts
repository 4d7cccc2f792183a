export type { Confinement } from "./confinement.ts";
export { type RunEnvironment, runEnvironment } from "./environment.ts";
export type { SeenOutput } from "./output.ts";
export { privatePaths } from "./private-paths.ts";
export { type RunEnding, type RunRequest, type RunResult, run } from "./run.ts";
export { findSandbox, type SandboxEngine, type SandboxFound } from "./sandbox.ts";
