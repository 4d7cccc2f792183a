import type { EventDeclaration, Zod } from "./declaration.ts";

const process = (z: Zod) => ({
  pid: z.int().describe("its process id"),
  host: z.string().describe("the host it runs on"),
});

/** The processes that watch the queue, and stopping them (spec 03 §7.1). */
export const dispatcherEvents = {
  dispatch_watch_started: {
    kind: "telemetry",
    tells: "a dispatcher watches",
    actor: "dispatch",
    severity: "info",
    attributes: (z, { dry_run }) => ({
      dry_run,
      interval_seconds: z.number().describe("longest time between two passes"),
    }),
  },
  dispatch_watch_heartbeat: {
    kind: "telemetry",
    tells: "a dispatcher finished a pass; told now and then",
    actor: "dispatch",
    severity: "info",
    attributes: (z, { dry_run }) => ({
      dry_run,
      processed_count: z.int().describe("what it processed in it"),
    }),
  },
  dispatch_watch_stopped: {
    kind: "telemetry",
    tells: "a dispatcher stopped; told by somebody else, as a warning, when it ended without a word",
    actor: ["dispatch", "operator"],
    severity: ["info", "warning"],
    attributes: (z, { reason }) => ({
      reason,
      iterations: z.int().describe("passes it made"),
      total_processed: z.int().describe("what it processed in all"),
    }),
  },
  dispatch_stop_requested: {
    kind: "telemetry",
    tells: "a dispatcher was asked to stop",
    actor: "operator",
    severity: "info",
    attributes: (z) => ({ ...process(z), signal: z.string().describe("the signal it was sent") }),
  },
  dispatch_stop_finished: {
    kind: "telemetry",
    tells: "a dispatcher that was asked to stop has ended",
    actor: "operator",
    severity: "info",
    attributes: (z) => ({
      ...process(z),
      outcome: z.enum(["stopped", "was_dead"]).describe("whether it said so itself"),
    }),
  },
  dispatch_stop_failed: {
    kind: "telemetry",
    tells: "a dispatcher that was asked to stop did not end in time",
    actor: "operator",
    severity: "warning",
    attributes: (z) => ({ ...process(z), timeout_seconds: z.number().describe("how long it was waited for") }),
  },
} as const satisfies Record<string, EventDeclaration>;
