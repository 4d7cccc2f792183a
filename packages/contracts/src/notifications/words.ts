/** What people are told of (spec 10 §10.5). */
export const NOTICE_KINDS = [
  "needs_input",
  "finished",
  "verified",
  "failed",
  "stuck",
  "died",
  "limit",
  "refused",
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** How soon somebody should look, least first; quiet hours hold back all but the last. */
export const URGENCIES = ["low", "normal", "high"] as const;
export type Urgency = (typeof URGENCIES)[number];
