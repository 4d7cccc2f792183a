import type { ReplayEntry } from "@conveyor/contracts";

/** A row as the timeline reads it: its columns, JSON columns parsed. */
export type EntryRow = Record<string, unknown> & { seq: number };

/** An entry before ordering: what is shown, and when in the ledger's order it happened. */
export type Candidate = ReplayEntry;

export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
export const numberOf = (value: unknown): number | null => (typeof value === "number" ? value : null);
export const objectOf = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
export const pick = (row: Record<string, unknown>, ...keys: string[]) =>
  Object.fromEntries(keys.filter((key) => row[key] !== undefined).map((key) => [key, row[key]]));
export const keysOf = (value: unknown): string[] => Object.keys(objectOf(value)).sort();
export const idOf = (row: EntryRow) =>
  typeof row["id"] === "number" || typeof row["id"] === "string" ? row["id"] : null;
