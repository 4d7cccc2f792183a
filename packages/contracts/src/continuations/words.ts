/** Who reads proposals: what a manager may see depends on whether it has made its own (spec 04 §4.11). */
export const READERS = ["all", "worker", "manager", "reviewer"] as const;

/** How two proposals relate (spec 04 §3.4). */
export const AGREEMENTS = ["match", "compatible", "divergent"] as const;

/** What a reviewer says of them (spec 04 §3.4). */
export const VERDICTS = ["proceed", "amend", "stop"] as const;
