/** Canonical JSON: keys sorted at every level, no white space (spec 07 §7.2, Stored JSON). `undefined` members are dropped. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sortedKeys(value));
}

/** A copy of a JSON value whose keys are in code-point order at every level, so that equal values are equal text. Pure. */
export function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (value === null || typeof value !== "object") return value;
  const source = value as Record<string, unknown>;
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(source).sort()) {
    if (source[key] !== undefined) setOwn(result, key, sortedKeys(source[key]));
  }
  return result;
}

/** Give an object a member of its own, also under the name that an assignment would take for its prototype. */
export function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__") Object.defineProperty(target, key, { value, enumerable: true, writable: true });
  else target[key] = value;
}
