const STEPS = [
  { unit: "min", seconds: 60 },
  { unit: "h", seconds: 3600 },
  { unit: "d", seconds: 86_400 },
] as const;

/** `0 s`, `42 s`, `5 min`, `3 h`, `2 d`: rounded down to one unit. */
export function durationText(duration_ms: number): string {
  const seconds = Math.max(0, Math.floor(duration_ms / 1000));
  const step = STEPS.findLast((one) => seconds >= one.seconds);
  return step === undefined ? `${seconds} s` : `${Math.floor(seconds / step.seconds)} ${step.unit}`;
}

/** A count that may have stopped at a limit: `2000+` is at least so many. */
export function counted(count: number, limit: number): string {
  return count >= limit ? `${count}+` : String(count);
}

/** A name of a record's value as people write it: `notify_manager` becomes `notify manager`. */
export function spaced(name: string): string {
  return name.replaceAll("_", " ");
}
