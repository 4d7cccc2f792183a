/** Keys in code-point order at every level, so that equal documents are equal text (spec 00, Output). */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== "object") return value;
  const record = value as Record<string, unknown>;
  // Without a prototype a key such as `__proto__` stays an ordinary key.
  const sorted: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(record).sort()) sorted[key] = sortKeys(record[key]);
  return sorted;
}

/** The document as `--json` prints it. */
export function jsonDocument(value: unknown): string {
  return `${JSON.stringify(sortKeys(value ?? null), null, 2)}\n`;
}

/** The document on one line, for streams. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(sortKeys(value ?? null))}\n`;
}
