import { randomUUID } from "node:crypto";

/** Digits of an id that say the minute; together they come round after two years, which does no harm. */
const MINUTE_DIGITS = 5;

/**
 * A UUID for rows that a ledger holds by the million. Those of one minute begin alike, so that they stand side by side in
 * every index; wholly random ones would have each new row read and write a page of its own in each index. What follows is
 * random, 102 bits of it.
 */
export function neighbouringUuid(now_ms: number): string {
  const minute = Math.floor(now_ms / 60_000) % 16 ** MINUTE_DIGITS;
  return minute.toString(16).padStart(MINUTE_DIGITS, "0") + randomUUID().slice(MINUTE_DIGITS);
}
