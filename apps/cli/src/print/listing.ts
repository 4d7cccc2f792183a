import { cell, table, type View } from "./text.ts";
import { cutTo, displayWidth } from "./width.ts";

/** A column of a list. */
export interface Column<Row> {
  head: string;
  of(row: Row): unknown;
  /** Where its cells lose text when a line does not fit the terminal; a path loses its start. Default: they are not cut. */
  cut?: "end" | "start";
  /** Only there; what programs read keeps its columns. Default: both. */
  only?: "terminal" | "pipe";
}

/** Cut cells keep at least this many columns. */
const NARROWEST = 8;
const GAP = "  ";

/**
 * A list of things, one line each. A person at a terminal gets heads and lines that fit its width; programs get all of
 * every cell, separated by tabs. Of a list that goes on, the heads stand above its first piece. No rows print nothing.
 */
export function listing<Row>(columns: readonly Column<Row>[], rows: readonly Row[], view: View): string {
  if (rows.length === 0) return "";
  const place = view.isTerminal ? "terminal" : "pipe";
  const shown = columns.filter(({ only = place }) => only === place);
  const cells = rows.map((row) => shown.map(({ of }) => cell(of(row))));
  if (!view.isTerminal) return table(cells, view);
  const used = shown.map((_column, i) => cells.some((row) => row[i] !== "-"));
  const keep = <T>(row: readonly T[]) => row.filter((_cell, i) => used[i]);
  const kept = keep(shown);
  const heads = kept.map(({ head }) => head.toUpperCase());
  const body = cells.map(keep);
  const widths = fitted(kept, [heads, ...body], view.columns);
  const fit = (row: readonly string[]) =>
    row.map((text, i) => cutTo(text, widths[i] as number, kept[i]?.cut === "start" ? "start" : "end"));
  const top = view.told ? [] : [fit(heads).map((head) => view.colour.dim(head))];
  return table([...top, ...body.map(fit)], view);
}

/** The widths of the columns, the widest that may be cut made narrower until a line fits or nothing can be cut any more. */
function fitted<Row>(columns: readonly Column<Row>[], rows: readonly (readonly string[])[], room: number): number[] {
  const widths = columns.map((_column, i) => Math.max(...rows.map((row) => displayWidth(row[i] ?? ""))));
  const sum = () => widths.reduce((total, width) => total + width, GAP.length * (widths.length - 1));
  for (let over = sum() - room; over > 0; over = sum() - room) {
    const widest = columns
      .map(({ cut }, i) => (cut === undefined ? 0 : (widths[i] as number)))
      .reduce((best, width, i, all) => (width > (all[best] as number) ? i : best), 0);
    if (columns[widest]?.cut === undefined || (widths[widest] as number) <= NARROWEST) break;
    widths[widest] = (widths[widest] as number) - 1;
  }
  return widths;
}
