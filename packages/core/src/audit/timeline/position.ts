import { ConveyorError } from "@conveyor/contracts/errors";

/** Where an entry stands in a timeline. */
export interface Position {
  seq: number;
  source: string;
  source_id: string | number | null;
}

export function positionOf({ seq, source, source_id }: Position): Position {
  return { seq, source, source_id };
}

/** By sequence, then source by code point, then id, by number where both are numbers (spec 07 §7.10.2, Ordering). */
export function comparePositions(a: Position, b: Position): number {
  return a.seq - b.seq || compare(a.source, b.source) || compare(a.source_id, b.source_id);
}

function compare(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0;
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a) < String(b) ? -1 : 1;
}

/** A position as callers keep it, to go on from there. */
export function cursorOf({ seq, source, source_id }: Position): string {
  return `${seq}/${source}/${typeof source_id === "number" ? `#${source_id}` : (source_id ?? "")}`;
}

/** The position that a cursor names. Throws `invalid_input` for what `cursorOf` did not make. */
export function positionAt(cursor: string): Position {
  const [, seq, source, id] = /^(\d{1,15})\/([a-z_]+)\/(.*)$/s.exec(cursor) ?? [];
  if (seq === undefined || source === undefined || id === undefined) {
    throw new ConveyorError("invalid_input", `${JSON.stringify(cursor)} is not a place in a timeline`, {
      hint: "take it from `earlier` or `later` of an answer of `replay`",
      details: { cursor },
    });
  }
  const numbered = /^#(\d{1,15})$/.exec(id);
  return { seq: Number(seq), source, source_id: numbered === null ? id || null : Number(numbered[1]) };
}
