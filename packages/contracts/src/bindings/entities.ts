/** Binding states that hold their task and sessions (spec 01 §2). */
export const LIVE_BINDING_STATES = ["active", "ending"] as const;
