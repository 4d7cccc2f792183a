import type { EventDeclaration } from "./declaration.ts";

/** Pairs that keep themselves going: autopilot, rotation, smoke (spec 06 §6.1.1). Heartbeats and wake-ups are in loops.ts. */
export const autonomyEvents = {
  app_autopilot_started: {
    kind: "both",
    tells: "the autopilot of a pair was started; a warning when an automation cannot be created",
    actor: "operator",
    severity: ["info", "warning"],
    attributes: (z, { anything, list }) => ({
      automation_specs: list.describe("for each role the automation that is wanted, without its prompt"),
      automation_state: anything.describe("which automations are there"),
      desired_state: z.literal("active").describe("what is wanted of it"),
      dispatcher_command: z.string().describe("the command that starts the dispatcher"),
      dispatcher_id: z.string().describe("the dispatcher it relies on"),
      interval_minutes: z.int().describe("how often each thread is to be woken"),
      quiescence: anything.describe("whether the pair has become quiet"),
      readiness: anything.describe("what is missing before it goes on by itself"),
      summary: anything.describe("how many automations are there, and what is missing"),
    }),
  },
  app_autopilot_stopped: {
    kind: "both",
    tells: "the autopilot of a pair was stopped, by somebody or because its task was closed",
    actor: "operator",
    severity: ["info", "warning"],
    attributes: (z, { anything, list }) => ({
      desired_state: z.literal("stopped").describe("what is wanted of it"),
      dispatcher_id: z.string().nullable().describe("the dispatcher it relied on"),
      stop_reason: z.string().describe("why: `operator` or `task_closed`"),
      automation_specs: list.optional().describe("for each role the automation there was to be, without its prompt"),
      automation_state: anything.optional().describe("which automations are there"),
      dispatcher_command: z.string().optional().describe("the command that starts the dispatcher"),
      interval_minutes: z.int().optional().describe("how often each thread was to be woken"),
      quiescence: anything.optional().describe("whether the pair had become quiet"),
      readiness: anything.optional().describe("what is missing before it goes on by itself"),
      summary: anything.optional().describe("how many automations are there, and what is missing"),
    }),
  },
  app_autopilot_automation_applied: {
    kind: "telemetry",
    tells: "somebody said that the automation of a role was set up in the app",
    actor: "operator",
    severity: "info",
    attributes: (z, { role }) => ({ automation_id: z.string().describe("its id in the app"), role }),
  },
} as const satisfies Record<string, EventDeclaration>;
