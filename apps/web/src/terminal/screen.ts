import { FitAddon } from "@xterm/addon-fit";
import { SearchAddon } from "@xterm/addon-search";
import { WebLinksAddon } from "@xterm/addon-web-links";
import { WebglAddon } from "@xterm/addon-webgl";
import { type ITerminalOptions, Terminal } from "@xterm/xterm";
import "@xterm/xterm/css/xterm.css";
import { terminalTheme } from "./theme.ts";

/** An agent's program draws for so many columns at least; a narrower box gets smaller letters instead. */
const LEAST_COLUMNS = 80;
const LETTER_PX = { usual: 12, least: 8 };
/** Below this width a screen may be narrower: a phone would show nothing legible. */
const NARROW_PX = 560;

interface ScreenOptions {
  /** Lines that are kept above the screen. */
  scrollback: number;
  label: string;
}

/** A terminal on the page: a screen that is written to, that fits its box, and that can be searched. */
export class TerminalScreen {
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #search = new SearchAddon({ highlightLimit: 500 });
  readonly #box: HTMLElement;

  constructor(box: HTMLElement, { scrollback, label }: ScreenOptions) {
    this.#box = box;
    const options: ITerminalOptions = {
      fontFamily: getComputedStyle(box).getPropertyValue("--mono"),
      fontSize: LETTER_PX.usual,
      lineHeight: 1.25,
      scrollback,
      disableStdin: true,
      convertEol: scrollback > 0,
      minimumContrastRatio: 4.5,
      allowProposedApi: true,
      logLevel: "off",
      theme: terminalTheme(box),
      // A link that a program hides behind other words is followed like one that stands there: web pages only.
      linkHandler: { activate: (_event, uri) => followLink(uri) },
    };
    this.#terminal = new Terminal(options);
    this.#terminal.loadAddon(this.#fit);
    this.#terminal.loadAddon(this.#search);
    this.#terminal.loadAddon(new WebLinksAddon((_event, uri) => followLink(uri)));
    this.#terminal.open(box);
    this.#terminal.textarea?.setAttribute("aria-label", label);
    // What draws on the graphics card is quicker, where there is one; else rows of text are shown.
    try {
      const webgl = new WebglAddon();
      webgl.onContextLoss(() => webgl.dispose());
      this.#terminal.loadAddon(webgl);
    } catch {
      // Rows of text it is.
    }
    this.#terminal.attachCustomKeyEventHandler((event) => this.#onKey(event));
  }

  /** Show bytes or text; `drawn` is called when they are on the screen. */
  write(data: Uint8Array | string, drawn?: () => void): void {
    this.#terminal.write(data, drawn);
  }

  /** Fill the box, and say how many cells that are; undefined while the box is not shown. */
  fit(): { cols: number; rows: number } | undefined {
    this.#terminal.options.fontSize = LETTER_PX.usual;
    let size = this.#fit.proposeDimensions();
    if (size === undefined || !Number.isFinite(size.cols) || !Number.isFinite(size.rows)) return undefined;
    if (size.cols < LEAST_COLUMNS && this.#box.clientWidth >= NARROW_PX) {
      const letter = Math.floor((LETTER_PX.usual * size.cols * 10) / LEAST_COLUMNS) / 10;
      this.#terminal.options.fontSize = Math.max(LETTER_PX.least, letter);
      size = this.#fit.proposeDimensions() ?? size;
    }
    const cells = { cols: Math.max(2, Math.min(500, size.cols)), rows: Math.max(2, Math.min(500, size.rows)) };
    this.#terminal.resize(cells.cols, cells.rows);
    return cells;
  }

  /** Follow the colours of the page. */
  retheme(): void {
    this.#terminal.options.theme = terminalTheme(this.#box);
  }

  /** Let what is typed here out through `onInput`, or not any more. */
  setTyping(isTyping: boolean): void {
    this.#terminal.options.disableStdin = !isTyping;
    this.#terminal.options.cursorBlink = isTyping;
    if (isTyping) this.#terminal.focus();
  }

  onInput(listener: (text: string) => void): void {
    this.#terminal.onData(listener);
  }

  /** Put a text in as a paste, as the program asked to be told of pastes. */
  paste(text: string): void {
    this.#terminal.paste(text);
  }

  focus(): void {
    this.#terminal.focus();
  }

  /** Find the next or previous place; whether there is one. */
  find(words: string, direction: "next" | "previous"): boolean {
    if (words === "") {
      this.#search.clearDecorations();
      return true;
    }
    return direction === "next" ? this.#search.findNext(words) : this.#search.findPrevious(words);
  }

  get selection(): string {
    return this.#terminal.getSelection();
  }

  /** Whether the newest line is in view. */
  get isAtEnd(): boolean {
    const { viewportY, baseY } = this.#terminal.buffer.active;
    return viewportY >= baseY;
  }

  scrollPage(step: 1 | -1): void {
    this.#terminal.scrollPages(step);
  }

  dispose(): void {
    this.#terminal.dispose();
  }

  /** Copying is the browser's, whatever the terminal would make of the keys. */
  #onKey(event: KeyboardEvent): boolean {
    if (event.type !== "keydown" || !event.ctrlKey || event.key.toLowerCase() !== "c") return true;
    if (!this.#terminal.hasSelection()) return true;
    if (event.shiftKey) {
      event.preventDefault();
      void navigator.clipboard.writeText(this.selection).catch(() => undefined);
      return false;
    }
    // Without control there is nobody whom Ctrl C could interrupt.
    return this.#terminal.options.disableStdin !== true;
  }
}

/** Open an address that a terminal shows; nothing but web pages, which learn nothing of this one. */
function followLink(uri: string): void {
  if (/^https?:\/\//i.test(uri)) window.open(uri, "_blank", "noopener,noreferrer");
}
