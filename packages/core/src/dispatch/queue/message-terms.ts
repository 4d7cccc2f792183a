import { ConveyorError } from "@conveyor/contracts/errors";
import { secondsAfter } from "../delivery/back-off.ts";

/** When a message is to be delivered, as a caller says it. */
export interface AskedTerms {
  /** A point in time. */
  available_at?: string | undefined;
  /** The same as seconds from now. */
  delay?: number | undefined;
  /** Seconds from now after which it is not delivered any more. */
  expires_in?: number | undefined;
}

/**
 * From when until when a message may be delivered (spec 03 §4.1, §13 item 8); null: at once, for ever. Pure. Throws
 * `conflicting_flags` for two beginnings and `invalid_input` for an end before the beginning.
 */
export function messageTerms(
  { available_at, delay, expires_in }: AskedTerms,
  now: string,
): { available_at: string | null; expires_at: string | null } {
  if (available_at !== undefined && delay !== undefined) {
    throw new ConveyorError("conflicting_flags", "--available-at and --delay both say when the message may go", {
      hint: "give one of them",
    });
  }
  const begin =
    delay !== undefined
      ? secondsAfter(now, delay)
      : available_at === undefined
        ? null
        : new Date(available_at).toISOString();
  const expires_at = expires_in === undefined ? null : secondsAfter(now, expires_in);
  if (begin !== null && expires_at !== null && expires_at <= begin) {
    throw new ConveyorError("invalid_input", "the message would expire before it may be delivered", {
      hint: "let it expire later than it becomes available",
      details: { available_at: begin, expires_at },
    });
  }
  return { available_at: begin, expires_at };
}
