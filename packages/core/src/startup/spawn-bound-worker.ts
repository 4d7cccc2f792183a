import type { StartedSession } from "@conveyor/contracts";
import type { WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import type { Machine } from "./preflight.ts";
import { pairedWorkerPrompt } from "./prompts/worker.ts";
import { type SpawnRequest, spawnSession } from "./spawn-session.ts";

/** A worker that begins with the work of a task. */
export interface BoundWorker extends Omit<SpawnRequest, "role" | "prompt"> {
  /** Name of the task. */
  task: string;
  /** The work itself. Content. */
  work: string;
}

/**
 * Start a worker whose first prompt is the work of a task and how it is agreed on and ended (spec 01 §6.3 step 6). Throws
 * what `spawnSession` throws.
 */
export function spawnBoundWorker(
  ctx: Ctx,
  machine: Machine,
  { task, work, ...request }: BoundWorker,
  onRegistered?: (tx: WriteTx, started: StartedSession) => void,
): Promise<StartedSession> {
  const prompt = pairedWorkerPrompt(ctx.settings, { name: request.name, task, prompt: work });
  return spawnSession(ctx, machine, { ...request, role: "worker", prompt }, onRegistered);
}
