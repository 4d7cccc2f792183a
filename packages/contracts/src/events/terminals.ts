import type { EventDeclaration } from "./declaration.ts";

/** Why a person does not type in a terminal any more. */
export const CONTROL_ENDS = ["given_back", "taken_elsewhere", "idle", "closed", "lost"] as const;

/** Terminals that are looked into and typed in from the page (spec 06 §6.6.4). */
export const terminalEvents = {
  terminal_shown: {
    kind: "telemetry",
    tells: "somebody had the screen of a terminal shown, or its earlier lines",
    actor: "operator",
    severity: "info",
    attributes: (z, { session, tmux_session }) => ({
      session,
      tmux_session,
      shown: z.enum(["live", "history"]).describe("the screen as it changes, or the lines above it"),
    }),
  },
  terminal_control_taken: {
    kind: "both",
    tells: "somebody began to type in a terminal by hand; what Dispatch has for it waits",
    actor: "operator",
    audit_actor: "told",
    severity: "info",
    attributes: (_z, { session, tmux_session }) => ({ session, tmux_session }),
  },
  terminal_control_returned: {
    kind: "both",
    tells: "somebody stopped typing in a terminal by hand",
    actor: "operator",
    audit_actor: "told",
    severity: "info",
    attributes: (z, { session, tmux_session, byte_count }) => ({
      session,
      tmux_session,
      byte_count: byte_count.describe("bytes typed meanwhile"),
      reason: z.enum(CONTROL_ENDS).describe("why"),
    }),
  },
} as const satisfies Record<string, EventDeclaration>;
