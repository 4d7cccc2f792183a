import type { TerminalRequest } from "@conveyor/contracts/terminals/wire";
import { TERMINAL_CELLS } from "@conveyor/host";

/** Most earlier lines that are sent at once. */
export const MOST_HISTORY_LINES = 5000;

const MARKER = "dashboard-terminal-control";
/** A longer frame is no request, whatever stands in it. */
const LONGEST_REQUEST = 200;

type Judge = (value: unknown) => boolean;

const isWhole =
  (least: number, most: number): Judge =>
  (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
const isCells = isWhole(TERMINAL_CELLS.least, TERMINAL_CELLS.most);

/** What each request holds beside its marker and type, and nothing else. */
const FIELDS: { readonly [Type in TerminalRequest["type"]]: Readonly<Record<string, Judge>> } = {
  resize: { cols: isCells, rows: isCells },
  take: { force: (value) => typeof value === "boolean" },
  give_back: {},
  history: { lines: isWhole(1, MOST_HISTORY_LINES) },
  ack: { bytes: isWhole(1, Number.MAX_SAFE_INTEGER) },
};

/** The request that a text frame is; undefined when it is anything else, and so has been typed (spec 06 §6.6.4). */
export function requestIn(text: string): TerminalRequest | undefined {
  if (text.length > LONGEST_REQUEST || !text.startsWith("{")) return undefined;
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { marker, type, ...rest } = frame as Record<string, unknown>;
  if (marker !== MARKER || typeof type !== "string" || !Object.hasOwn(FIELDS, type)) return undefined;
  const fields = FIELDS[type as TerminalRequest["type"]];
  const names = Object.keys(fields);
  const fits = Object.keys(rest).length === names.length && names.every((name) => fields[name]?.(rest[name]));
  return fits ? (frame as TerminalRequest) : undefined;
}
