/** How closely a manager looks (spec 04 §3.1). */
export const SUPERVISION_MODES = ["light", "guided", "strict"] as const;

/** Steps that may be required between completion and finish (spec 04 §3.1). */
export const EPILOGUE_STEPS = ["run-tools", "draft-pr", "subagent-review", "record-handoff"] as const;

/** What happens when a worker's completion yields proposals (spec 04 §4.2.4). */
export const COMPLETION_MODES = ["off", "ask-operator", "auto-review", "auto-proceed"] as const;
