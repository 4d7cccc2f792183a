import type { Io, OutputStream } from "../io.ts";

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

export type Palette = Record<keyof typeof CODES, (text: string) => string>;

function build(coloured: boolean): Palette {
  const paint =
    ([on, off]: readonly [number, number]) =>
    (text: string) =>
      coloured && text !== "" ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return Object.fromEntries(Object.entries(CODES).map(([name, code]) => [name, paint(code)])) as Palette;
}

const PLAIN = build(false);
const COLOURED = build(true);

/**
 * Colours on a terminal only, and not with NO_COLOR (any non-empty value) or a dumb terminal (spec 00, Output).
 * FORCE_COLOR decides for itself: `0` and `false` mean none, everything else means colours wherever text goes (spec 10.2).
 */
export function paletteFor(output: OutputStream, env: Io["env"]): Palette {
  const forced = env["FORCE_COLOR"] ?? "";
  if (forced !== "") return forced === "0" || forced === "false" ? PLAIN : COLOURED;
  const refused = (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  return output.isTerminal && !refused ? COLOURED : PLAIN;
}
