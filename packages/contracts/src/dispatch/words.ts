/** Commands that Dispatch executes (spec 03 §1). */
export const DISPATCHABLE_COMMANDS = ["notify_manager", "nudge_worker", "continue_iteration"] as const;

export type DispatchableCommand = (typeof DISPATCHABLE_COMMANDS)[number];

/** What Dispatch routes: its commands, and turns of a worker that ended. */
export const DISPATCH_TYPES = [...DISPATCHABLE_COMMANDS, "worker_task_complete"] as const;

export type DispatchType = (typeof DISPATCH_TYPES)[number];

/** The id Dispatch goes by when nobody gives one. */
export const DEFAULT_DISPATCHER_ID = "dispatch-local";

/** Freshness of dispatchers and roles, in seconds; every area means these (spec 03 §6.11). */
export const FRESHNESS = {
  DISPATCHER_REUSE_SECONDS: 10,
  DISPATCHER_BANNER_SECONDS: 30,
  LEASE_STALE_SECONDS: 180,
  SLOT_STALE_SECONDS: 300,
} as const;

/** Under this id servers dispatch; it belongs to them. */
export const SERVER_DISPATCHER_ID = "dispatch-server";
