/** The words of campaigns and which of them may follow which (spec 06 §6.4): plain data without zod. */

export const CAMPAIGN_STATUSES = ["active", "paused", "done", "blocked", "archived"] as const;
export type CampaignStatus = (typeof CAMPAIGN_STATUSES)[number];

export const SLOT_STATES = ["planned", "active", "idle", "blocked", "archived"] as const;
export type SlotState = (typeof SLOT_STATES)[number];

export const ASSIGNMENT_STATUSES = ["queued", "active", "blocked", "done", "cancelled"] as const;
export type AssignmentStatus = (typeof ASSIGNMENT_STATUSES)[number];

export const ASSET_TYPES = ["image", "video", "hyperframes", "copy", "audio", "other"] as const;

export const ASSET_STATUSES = ["draft", "needs_review", "approved", "rejected", "published"] as const;
export type AssetStatus = (typeof ASSET_STATUSES)[number];

/** What a slot is in, derived; `needs_session` is reserved and given by nothing yet (spec 06 §6.4.1). */
export const SLOT_LIFECYCLES = [
  ...(["planned", "active", "idle", "blocked", "archived"] as const),
  ...(["needs_thread", "needs_session", "stale"] as const),
] as const;
export type SlotLifecycleState = (typeof SLOT_LIFECYCLES)[number];

/** What a manager does next, in the order in which it is looked for (spec 06 §6.4.2). */
export const MANAGER_ACTIONS = [
  "add_worker_slots",
  "resolve_worker_blockers",
  "wake_or_rotate_workers",
  "resolve_assignment_blockers",
  "review_assets",
  "monitor_workers",
  "close_campaign",
  "assign_work",
] as const;
export type ManagerAction = (typeof MANAGER_ACTIONS)[number];

export const BLOCKER_CODES = [
  "slot_blocked",
  "needs_session",
  "needs_thread",
  "stale",
  "assignment_blocked",
  "asset_rejected",
] as const;
export type BlockerCode = (typeof BLOCKER_CODES)[number];

export const CLOSEOUT_VERDICTS = ["blocked", "ready_to_close", "needs_review", "needs_work"] as const;
export type CloseoutVerdict = (typeof CLOSEOUT_VERDICTS)[number];

export const PROOF_CHECKS = [
  "dashboard_loaded",
  "blockers_absent",
  "active_worker_slots_have_receipts",
  "assignment_receipt_counts",
  "human_review_gate",
] as const;
export type ProofCheckName = (typeof PROOF_CHECKS)[number];

export const CAMPAIGN_ENTITIES = ["campaign", "slot", "brief", "assignment", "asset"] as const;
export type CampaignEntity = (typeof CAMPAIGN_ENTITIES)[number];

/** What happened to one of these. */
export const CAMPAIGN_CHANGES = [
  ...(["created", "updated", "closed", "attached", "rotated", "archived"] as const),
  ...(["upserted", "status_changed", "recorded", "reviewed"] as const),
] as const;
export type CampaignChangeKind = (typeof CAMPAIGN_CHANGES)[number];

/**
 * What may follow each status. `reason`: only with words that say why; `reopen`: only when that is asked for, with words
 * too, because something that was over begins again.
 */
export type Transitions<Status extends string> = Readonly<
  Record<Status, Readonly<Partial<Record<Status, "free" | "reason" | "reopen">>>>
>;

/** `done` is reached by `campaign close` alone, which looks at the closeout. */
export const CAMPAIGN_TRANSITIONS: Transitions<CampaignStatus> = {
  active: { paused: "free", blocked: "reason", archived: "reason" },
  paused: { active: "free", blocked: "reason", archived: "reason" },
  blocked: { active: "free", paused: "free", archived: "reason" },
  done: { active: "reopen", archived: "free" },
  archived: {},
};

export const ASSIGNMENT_TRANSITIONS: Transitions<AssignmentStatus> = {
  queued: { active: "free", blocked: "free", done: "free", cancelled: "free" },
  active: { blocked: "free", done: "free", cancelled: "free" },
  blocked: { active: "free", cancelled: "free" },
  done: { active: "reopen" },
  cancelled: { queued: "reopen" },
};

/** A receipt is shown to a reviewer first; what was published stays published. */
export const ASSET_TRANSITIONS: Transitions<AssetStatus> = {
  draft: { needs_review: "free", rejected: "reason" },
  needs_review: { approved: "free", rejected: "reason" },
  approved: { published: "free", rejected: "reason", needs_review: "reason" },
  rejected: { needs_review: "free" },
  published: {},
};

/** Said wherever the status of an asset is set or shown. */
export const PUBLISH_RULE =
  "An asset's status records what people decided elsewhere; approved or published here is never permission to publish, schedule or send anything.";

/** What the manager of a campaign must be told (spec 06 §6.5), in the help of the commands. */
export const CAMPAIGN_RULES = `Assign before you prompt a worker, and record a receipt before a review; the dashboard is where status is read.
${PUBLISH_RULE}
Publishing, scheduling, posting and external accounts need a person. Receipts hold sanitized prompt summaries; private
phone content, raw audio, tokens, keys, archives and app packages stay out. Rotate or archive a slot only with its exact
thread id. A recipe that is set up is not yet proof that it works.`;
