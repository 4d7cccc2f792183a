const UNITS = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
] as const;

/** How long ago something was, in its largest unit: `5 min`; null for nothing. `now` is in milliseconds since 1970. */
export function ageText(timestamp: string | null, now: number): string | null {
  if (timestamp === null) return null;
  const seconds = Math.max(0, Math.floor((now - Date.parse(timestamp)) / 1000));
  if (Number.isNaN(seconds)) return null;
  const [unit, size] = UNITS.find(([, size]) => seconds >= size) ?? (["s", 1] as const);
  return `${Math.floor(seconds / size)} ${unit}`;
}
