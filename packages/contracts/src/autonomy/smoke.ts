import { z } from "zod";
import { counter, longSeconds, reference } from "../bounds.ts";
import { role, taskRefObject, timestamp } from "../common.ts";
import { content } from "../content.ts";
import { FRESHNESS } from "../dispatch/words.ts";
import { SMOKE_BLOCKERS, SMOKE_MODES, SMOKE_SCOPES } from "./words.ts";

export const smokeMode = z.enum(SMOKE_MODES);
export const smokeScope = z.enum(SMOKE_SCOPES);

/** How a smoke run is to count. */
export const smokeTerms = {
  mode: smokeMode
    .default("required")
    .describe("required: no real work before it has passed; advisory: it only tells; skip: it is left out"),
  scope: smokeScope.default("pair").describe("one pair, or a set of workers that each have a task of their own"),
  worker_count: counter.min(1).default(1).describe("workers of the set"),
};

export const smokeId = reference.describe("the smoke run");
export const freshFor = longSeconds
  .default(FRESHNESS.LEASE_STALE_SECONDS)
  .describe("age in seconds up to which a heartbeat is fresh");

export const shownNonce = z
  .string()
  .nullable()
  .describe("null: only `start` shows it, so that whoever records it must have been told it by the one who sent it");

export const smokeRun = z.object({
  id: z.string(),
  mode: smokeMode,
  nonce: shownNonce,
  recorded_at: timestamp,
  scope: smokeScope,
  worker_count: z.int(),
});

const smokeRole = z.object({
  session_id: z.string(),
  session_name: z.string(),
  thread_id: z.string().nullable(),
  sent: z.boolean().describe("the prompt was sent to this very thread"),
  received: z.boolean(),
  accepted: z.boolean().describe("the last word was accepted"),
  blocked: z.boolean().describe("the last word was blocked"),
  blocker: content(z.string().nullable()).describe("the summary of what blocked it"),
  heartbeat_fresh: z.boolean().describe("heard of since the smoke began, and lately"),
  last_heartbeat_at: timestamp.nullable(),
});
export type SmokeRole = z.infer<typeof smokeRole>;

const smokeBlocker = z.object({
  code: z.enum(SMOKE_BLOCKERS),
  role: role.nullable().describe("null: it is about both"),
});
export type SmokeBlocker = z.infer<typeof smokeBlocker>;

/** Whether both threads of a pair can be reached and answer. */
export const smokeVerdict = {
  ok: z.boolean(),
  real_work_allowed: z.boolean(),
  blockers: z.array(content(z.string())),
  blocker_codes: z.array(smokeBlocker).describe("the same, for programs"),
};

export const smokeStanding = z.object({
  task: taskRefObject,
  smoke: smokeRun,
  roles: z.object({ manager: smokeRole, worker: smokeRole }),
  ...smokeVerdict,
});
export type SmokeStanding = z.infer<typeof smokeStanding>;
