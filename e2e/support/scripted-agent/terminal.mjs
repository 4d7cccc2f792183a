import { basename } from "node:path";
import { composer, header, title, wrap, working } from "./screens.mjs";

const SPINNER_MS = 100;

/**
 * The visible side: what scrolled by stays above, the live part (busy line, dialog or composer) is drawn below it
 * and redrawn in place. Holds what is shown, knows nothing of turns.
 */
export class Terminal {
  composer = "";
  dialog = null;
  busy = null;
  notice = null;
  #out;
  #settings;
  #liveRows = 0;
  #frame = 0;
  #timer;
  #last = "";

  constructor(out, settings) {
    this.#out = out;
    this.#settings = settings;
  }

  get columns() {
    return this.#out.columns || 120;
  }

  /** Switch bracketed paste on and start the spinner. */
  start() {
    this.#out.write("\u001b[?2004h\u001b[?25l");
    this.#timer = setInterval(() => this.#tick(), SPINNER_MS);
    this.#out.on("resize", () => this.draw());
    this.#title();
  }

  /** Leave the terminal as it was found. */
  stop() {
    clearInterval(this.#timer);
    this.#erase();
    this.#out.write("\u001b[?2004l\u001b[?25h\u001b]0;\u0007");
  }

  /** Let lines scroll into the history, above the live part. */
  print(lines) {
    this.#erase();
    this.#out.write(lines.flatMap((line) => wrap(line, this.columns)).map((line) => `${line}\r\n`).join(""));
    this.draw();
  }

  /** Print the lines that begin a conversation. */
  printHeader() {
    this.print(header(this.#settings.cwd));
  }

  /** Wipe screen and scrollback, as a new conversation does. */
  clear() {
    this.#out.write("\u001b[H\u001b[2J\u001b[3J");
    this.#liveRows = 0;
    this.#last = "";
    this.printHeader();
  }

  /** Draw the live part anew. */
  draw() {
    const text = this.#live().join("\r\n");
    if (text !== this.#last || this.#liveRows === 0) {
      this.#erase();
      this.#out.write(text);
      this.#liveRows = text.split("\r\n").length;
      this.#last = text;
    }
    this.#title();
  }

  #live() {
    const columns = this.columns;
    const rows = this.#out.rows || 50;
    const parts = [];
    if (this.busy !== null && this.dialog === null) {
      parts.push(working(Math.floor((Date.now() - this.busy.since) / 1000), this.busy.label), "", "");
    }
    if (this.dialog !== null) parts.push(...this.dialog.lines(this.dialog.selected));
    else parts.push(...composer(this.composer, { ...this.#settings, columns, rows }));
    if (this.notice !== null) parts.push(`  ${this.notice}`);
    return parts.flatMap((line) => wrap(line, columns)).slice(-(rows - 1));
  }

  #erase() {
    if (this.#liveRows === 0) return;
    const up = this.#liveRows > 1 ? `\u001b[${this.#liveRows - 1}A` : "";
    this.#out.write(`\r${up}\u001b[J`);
    this.#liveRows = 0;
  }

  #state() {
    if (this.dialog !== null) return this.dialog.quiet ? "idle" : "waiting";
    return this.busy === null ? "idle" : "busy";
  }

  #tick() {
    const state = this.#state();
    if (state === "idle") return;
    this.#frame += 1;
    if (state === "busy") this.draw();
    else if (this.#frame % 5 === 0) this.#title();
  }

  #title() {
    this.#out.write(`\u001b]0;${title(this.#state(), basename(this.#settings.cwd), this.#frame)}\u0007`);
  }
}
