/** The end of the notice: `try again at 10:38 AM.`, on another day `try again at Dec 3rd, 2026 10:38 AM.` */
const AGAIN_AT = /try again at (?:([A-Z][a-z]{2}) (\d{1,2})(?:st|nd|rd|th)?, (\d{4}) )?(\d{1,2}):(\d{2}) ([AP]M)/i;
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/**
 * Whether the limit in the notice can still hold at `now`. A time without a date is of the day on which the
 * notice was written, in the time of this machine, as Codex writes it; the notice may be older than today, so from that
 * time of day on the limit counts as over. A notice that names no time says nothing to wait for, and without `now` it
 * cannot be told that the time has come. Pure.
 */
export function usageLimitHolds(notice: string, now: Date | null): boolean {
  const [, month, day, year, hour, minute, half] = AGAIN_AT.exec(notice) ?? [];
  if (hour === undefined || minute === undefined) return false;
  if (now === null) return true;
  const again = new Date(now);
  if (month !== undefined) again.setFullYear(Number(year), MONTHS.indexOf(month.toLowerCase()), Number(day));
  again.setHours((Number(hour) % 12) + (half?.toUpperCase() === "PM" ? 12 : 0), Number(minute), 0, 0);
  return now < again;
}
