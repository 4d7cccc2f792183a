import type { ITheme } from "@xterm/xterm";

/** Which token of the page each colour of a terminal is. */
const TOKENS = {
  background: "--term",
  foreground: "--term-ink",
  cursor: "--term-ink",
  cursorAccent: "--term",
  black: "--term-ink",
  red: "--bad",
  green: "--good",
  yellow: "--warn",
  blue: "--busy",
  magenta: "--doubt",
  cyan: "--accent",
  white: "--term-dim",
  brightBlack: "--term-dim",
  brightRed: "--bad",
  brightGreen: "--good",
  brightYellow: "--warn",
  brightBlue: "--busy",
  brightMagenta: "--doubt",
  brightCyan: "--accent",
  brightWhite: "--term-ink",
  selectionBackground: "--accent-wash",
} as const satisfies { [Name in keyof ITheme]?: `--${string}` };

/** The colours of the page, as a terminal in this element uses them. */
export function terminalTheme(element: HTMLElement): ITheme {
  const probe = document.createElement("span");
  element.append(probe);
  const { color } = probe.style;
  const theme = Object.fromEntries(
    Object.entries(TOKENS).map(([name, token]) => {
      probe.style.color = `var(${token})`;
      return [name, getComputedStyle(probe).color];
    }),
  );
  probe.style.color = color;
  probe.remove();
  return theme;
}
