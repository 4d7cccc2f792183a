/** What a check looks at (spec 09 §9.2). */
export const CHECK_KINDS = ["command", "file", "repo", "artifact", "diff", "human"] as const;
export type CheckKind = (typeof CHECK_KINDS)[number];

/** What an artifact may be (spec 09 §9.2). */
export const ARTIFACT_TYPES = ["image", "json", "junit", "coverage"] as const;
export type ArtifactType = (typeof ARTIFACT_TYPES)[number];

/** What asked for a run of a check. */
export const CHECK_TRIGGERS = ["verify", "finish", "loop", "watch", "operator"] as const;

/** How a check run stands or ended. Only `passed` proves anything. */
export const CHECK_RUN_STATES = ["running", "passed", "failed", "error", "timed_out", "cancelled"] as const;
export type CheckRunState = (typeof CHECK_RUN_STATES)[number];

/** How far a criterion is proven (spec 09 §9.1). */
export const PROOF_STATES = [
  ...(["waived", "unproven", "claimed", "doubtful", "failed", "stale", "running", "verified"] as const),
] as const;
export type ProofState = (typeof PROOF_STATES)[number];

/** What a finish demands of checks (spec 09 §9.5). */
export const PROOF_POLICIES = ["auto", "all", "isolated", "off"] as const;
export type ProofPolicy = (typeof PROOF_POLICIES)[number];

/** What evidence a criterion needs to be called satisfied (spec 04 §8, 4). */
export const EVIDENCE_POLICIES = ["open", "strict"] as const;
export type EvidencePolicy = (typeof EVIDENCE_POLICIES)[number];

/** Who may add a check; only a manager or operator accepts one. */
export const CHECK_AUTHORS = ["worker", "manager", "operator"] as const;
export type CheckAuthor = (typeof CHECK_AUTHORS)[number];
