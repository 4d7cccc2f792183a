/** The stable code with which the server refused something; `internal` when it gave none. */
export function codeOf(thrown: unknown): string {
  const { data } = (thrown ?? {}) as { data?: { conveyor?: { code?: unknown } } | null };
  return typeof data?.conveyor?.code === "string" ? data.conveyor.code : "internal";
}

/** The sentence in which the server refused something; null when it did not answer at all. */
export function problemOf(thrown: unknown): string | null {
  const { data, message } = (thrown ?? {}) as { data?: { conveyor?: unknown } | null; message?: unknown };
  return data?.conveyor !== undefined && typeof message === "string" ? message : null;
}
