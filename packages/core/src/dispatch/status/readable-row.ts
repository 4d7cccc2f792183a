import type { Decoded } from "@conveyor/store";

type JsonObject = Record<string, unknown>;

/** A row as `Decoded` describes it, whose JSON columns are objects or null. */
export type ReadableRow<Row> = {
  [Key in keyof Decoded<Row>]: Key extends keyof Row ? Row[Key] : JsonObject | null;
};

/**
 * The row with every `x_json` column parsed under the name `x`; null where a damaged ledger holds something that is no JSON
 * object. An overview has to show the rest also then. Never throws.
 */
export function readableRow<Row extends object>(row: Row): ReadableRow<Row> {
  const entries = Object.entries(row).map(([key, value]) =>
    key.endsWith("_json") ? [key.slice(0, -5), parsedObject(value)] : [key, value],
  );
  return Object.fromEntries(entries) as ReadableRow<Row>;
}

/** The object that a text holds as JSON, or null. */
export function parsedObject(text: unknown): JsonObject | null {
  try {
    const value: unknown = typeof text === "string" ? JSON.parse(text) : null;
    return typeof value === "object" && !Array.isArray(value) ? (value as JsonObject | null) : null;
  } catch {
    return null;
  }
}
