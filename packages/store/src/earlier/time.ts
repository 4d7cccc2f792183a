/**
 * A time of the earlier tool as we write it: UTC with three fraction digits, whatever precision or offset it had. A time
 * without a zone was written as UTC. Anything else is null. Pure (spec 07 §7.2).
 */
export function normalTime(value: unknown): string | null {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(value)) return null;
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/i.test(value) ? value : `${value}Z`;
  const date = new Date(zoned.replace(" ", "T"));
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** The same as a number that can be ordered. */
export function instantOf(value: unknown): number | null {
  const text = normalTime(value);
  return text === null ? null : Date.parse(text);
}

/** Whether a column holds a point in time. */
export function isTimeColumn(name: string): boolean {
  return name.endsWith("_at") || name === "timestamp" || name.endsWith("_timestamp");
}
