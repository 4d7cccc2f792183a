import type { Role } from "@conveyor/contracts";
import type { PairCommands } from "./commands.ts";

/** Who a prompt is about. */
export interface PromptFacts {
  task: string;
  /** Names of the two sessions. */
  worker: string;
  manager: string;
  /** The loop run that the task stands in, or null. */
  run: { name: string; max_iterations: number } | null;
  /** See `PairScope`. */
  dispatcher_id: string | null;
  /** Why a thread is replaced, and what is left to the one that goes on; only where one is. */
  rotation?: Rotation;
}

/** What a fresh thread is told of the one before it. */
export interface Rotation {
  /** Null: nobody said why. */
  reason: string | null;
  handoff: { id: number; summary: string; next_steps: readonly string[] } | null;
}

/** What a sentence of a prompt may speak of. */
export interface Told {
  role: Role;
  facts: PromptFacts;
  commands: PairCommands;
}

export type Sentence = (told: Told) => string;
