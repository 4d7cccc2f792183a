/** What a wake dispatch found for a role (spec 06 §6.1, "Wake action"). */
export const WAKE_ACTION_STATUSES = ["ready_to_send", "skipped_healthy", "blocked_missing_thread"] as const;
