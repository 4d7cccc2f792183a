/** Canonical JSON: keys sorted at every level, no white space (spec 07 §7.2, Stored JSON). `undefined` members are dropped. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const source = value as Record<string, unknown>;
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(source).sort()) {
    if (source[key] !== undefined) setOwn(result, key, sorted(source[key]));
  }
  return result;
}

/** Give an object a member of its own, also under the name that an assignment would take for its prototype. */
export function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__") Object.defineProperty(target, key, { value, enumerable: true, writable: true });
  else target[key] = value;
}

/** The row as users see it: every `x_json` text column parsed under the name `x`; all else unchanged. */
export type Decoded<Row> = {
  [Key in keyof Row as Key extends `${infer Name}_json` ? Name : Key]: Key extends `${string}_json`
    ? unknown
    : Row[Key];
};

/** Parse the JSON columns of a row (spec 07 §7.10.1: columns appear under the name without `_json`). */
export function decodeRow<Row extends object>(row: Row): Decoded<Row> {
  const decoded: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(row)) {
    if (key.endsWith("_json")) decoded[key.slice(0, -5)] = typeof value === "string" ? JSON.parse(value) : null;
    else decoded[key] = value;
  }
  return decoded as Decoded<Row>;
}
