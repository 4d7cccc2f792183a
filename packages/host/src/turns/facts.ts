/** What every fact has. */
export interface FactBase {
  /** The record's time, null when it has none. */
  at: string | null;
  thread_id: string | null;
  turn_id: string | null;
}

/** What one record means for the life of a turn (spec 02 §4.4). Carries no content, so a state made of facts has none. */
export type LifecycleFact =
  | (FactBase & {
      kind: "turn_started";
      root_turn_id: string | null;
      parent_turn_id: string | null;
      /** Who began it: `user`, `exec`, `queue`, `goal`, ...; null for reviews and compactions. */
      trigger: string | null;
    })
  | (FactBase & {
      kind: "user_input";
      /** Set when the input came through the queue of the agent. */
      client_id: string | null;
    })
  | (FactBase & {
      kind: "turn_ended";
      error: TurnError | null;
      timing: TurnTiming;
    })
  | (FactBase & {
      kind: "turn_interrupted";
      reason: string | null;
      timing: TurnTiming;
    })
  | (FactBase & { kind: "compacted" })
  /** A person ran a command of its own from the composer. */
  | (FactBase & { kind: "user_shell" })
  /** The goal that the agent pursues by itself is in another state; null once it has none. */
  | (FactBase & { kind: "goal"; status: string | null })
  | (FactBase & { kind: "review_mode"; phase: "entered" | "exited" });

export type LifecycleFactKind = LifecycleFact["kind"];

/** Why a turn failed: a stable word where the agent gives one, and whether there was a message (which is content). */
export interface TurnError {
  info: string;
  /** Of the errors that come from HTTP. */
  http_status: number | null;
  has_message: boolean;
}

/** As the agent wrote them: seconds since 1970 and milliseconds. */
export interface TurnTiming {
  completed_at: number | null;
  duration_ms: number | null;
  time_to_first_token_ms: number | null;
}
