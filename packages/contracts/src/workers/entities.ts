import { z } from "zod";
import { reference } from "../bounds.ts";
import { cli } from "../operation.ts";
import { WORKER_STATES } from "./words.ts";

export const workerState = z.enum(WORKER_STATES);
export type WorkerState = z.infer<typeof workerState>;

/** What a starting agent's screen shows; `exited` when its terminal ended (spec 02 §7.2). */
export const startupState = z.enum(["starting", "needs_trust", "ready", "working", "error", "exited"]);
export type WorkerStartup = z.infer<typeof startupState>;

export const workerArgument = cli(reference.describe("worker folder, else a registered session"), {
  position: 0,
  placeholder: "name",
});

export const shownLines = z.int().min(1).max(50_000).default(200).describe("how many lines of the terminal to look at");
