/** The sentence in which the server refused something; null when it did not answer at all. */
export function problemOf(thrown: unknown): string | null {
  const { data, message } = (thrown ?? {}) as { data?: { conveyor?: unknown } | null; message?: unknown };
  return data?.conveyor !== undefined && typeof message === "string" ? message : null;
}
