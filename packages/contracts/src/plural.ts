/** A count with its noun: `1 item`, `2 items`. Pure. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
