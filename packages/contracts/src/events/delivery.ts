import type { EventDeclaration, Zod } from "./declaration.ts";

const recovered = (z: Zod) => ({
  recovered: z.literal(true).optional().describe("that another dispatcher had begun with it"),
});

/** Items on their way from one session to the other, and what kept them (spec 03 §5). */
export const deliveryEvents = {
  dispatch_signal_detected: {
    kind: "telemetry",
    tells: "the end of a worker's turn was noticed, and its report begins",
    actor: "dispatch",
    severity: "info",
    attributes: (z, { delivery_mode, source_session, target_session }) => ({
      delivery_mode,
      outcome: z.string().describe("how the turn ended"),
      source_session,
      target_session,
    }),
  },
  dispatch_signal_suppressed: {
    kind: "telemetry",
    tells: "a report was left out because it exists already",
    actor: "dispatch",
    severity: "info",
    attributes: (z, { error, source_session, target_session }) => ({
      dedupe_key: z.string().describe("what makes two reports the same"),
      error,
      source_session,
      target_session,
    }),
  },
  dispatch_signal_recovered: {
    kind: "telemetry",
    tells: "a report that another dispatcher had begun was taken up again",
    actor: "dispatch",
    severity: "info",
    attributes: (_z, { delivery_mode, target_session }) => ({ delivery_mode, target_session }),
  },
  dispatch_signal_pull_required: {
    kind: "telemetry",
    tells: "an item waits in the inbox of its session",
    actor: "dispatch",
    severity: "info",
    attributes: (z, { delivery_mode, target_session }) => ({ delivery_mode, target_session, ...recovered(z) }),
  },
  dispatch_signal_routed: {
    kind: "telemetry",
    tells: "an item was typed into a terminal",
    actor: "dispatch",
    severity: "info",
    attributes: (z, { target, target_session }) => ({
      target: target.optional(),
      target_session,
      ...recovered(z),
      confirmed_later: z
        .literal(true)
        .optional()
        .describe("that its agent had not recorded it at first, and has since"),
    }),
  },
  dispatch_signal_unconfirmed: {
    kind: "telemetry",
    tells: "an item was typed into a terminal, and its agent has not recorded it yet",
    actor: "dispatch",
    severity: "warning",
    attributes: (z, { target, target_session }) => ({ target, target_session, ...recovered(z) }),
  },
  dispatch_signal_failed: {
    kind: "telemetry",
    tells: "an item could not be delivered; a warning when that is tried again",
    actor: "dispatch",
    severity: ["error", "warning"],
    attributes: (z, { error, error_type, target_session }) => ({
      error,
      error_type: error_type.optional(),
      target_session: target_session.optional(),
      ...recovered(z),
      claimed_by: z.string().nullable().optional().describe("the dispatcher that had begun to type it"),
      claim_expires_at: z.string().nullable().optional().describe("when its claim ended"),
      side_effect_risk: z.literal(true).optional().describe("that some of it may have been typed"),
    }),
  },
  dispatch_push_fallback: {
    kind: "telemetry",
    tells: "an item goes to the inbox because the terminal of its session is gone",
    actor: "dispatch",
    severity: "warning",
    attributes: (_z, { error, reason, target_session }) => ({
      error,
      reason: reason.describe("the code of the error"),
      target_session,
    }),
  },
  dispatch_ingest_failed: {
    kind: "telemetry",
    tells: "the rollout of a worker could not be read",
    actor: "dispatch",
    severity: "warning",
    attributes: (_z, { error }) => ({ error }),
  },
  dispatch_message_shown: {
    kind: "telemetry",
    tells: "somebody had the words of an item or command shown",
    actor: "operator",
    severity: "info",
    attributes: (_z, { byte_count }) => ({ byte_count }),
  },
  dispatch_inbox_consumed: {
    kind: "telemetry",
    tells: "an item was taken out of an inbox",
    actor: "dispatch",
    severity: "info",
    attributes: (z, { delivery_mode }) => ({
      consumed_by_session_id: z.string().nullable().describe("id of the session that took it"),
      delivery_mode,
      poll_count: z.int().describe("how often the call looked"),
      wait_enabled: z.boolean().describe("whether it waited for an item"),
      via: z.string().describe("`inbox`, or the `cycle` that took it along"),
      source_session_name: z.string().nullable().describe("name of the session it comes from"),
      target_session_name: z.string().describe("name of the session it was for"),
      target_session_role: z.string().describe("its role"),
    }),
  },
  dispatch_inbox_returned: {
    kind: "telemetry",
    tells: "an item went back to its inbox, released (info) or not answered in time (warning)",
    actor: "dispatch",
    severity: ["info", "warning"],
    attributes: (z) => ({
      reason: z.enum(["not_acknowledged", "released"]).describe("why"),
      note: z.string().nullable().describe("what the releasing side said about it"),
      consumed_by_session_id: z.string().nullable().describe("id of the session that had taken it"),
      delivery_count: z.int().describe("how often it has lain in the inbox, with this time"),
      target_session_name: z.string().describe("name of the session it is for"),
      target_session_role: z.string().describe("its role"),
    }),
  },
  dispatch_inbox_ack_recorded: {
    kind: "telemetry",
    tells: "a session answered an item; a warning when it is blocked",
    actor: ["manager", "worker"],
    severity: ["info", "warning"],
    attributes: (z, { binding_id, role }) => ({
      binding_id,
      notification_id: z.int().describe("number of the item"),
      payload_keys: z.array(z.string()).describe("what the answer says something about"),
      role,
      signal_type: z.string().describe("what kind of item it is"),
      status: z.string().describe("the answer"),
    }),
  },
} as const satisfies Record<string, EventDeclaration>;
