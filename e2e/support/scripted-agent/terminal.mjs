import { basename } from "node:path";
import { composer, header, pendingInput, title, working, wrap } from "./screens.mjs";

const SPINNER_MS = 100;
/** Lines of conversation that are kept; older ones cannot be shown any more. */
const KEPT_LINES = 2_000;

/**
 * The visible side: on the alternate screen the conversation from the top, and the live part (busy line, and dialog
 * or composer) at the bottom edge. Holds what is shown, knows nothing of turns.
 */
export class Terminal {
  composer = "";
  dialog = null;
  busy = null;
  /** Texts typed during a turn that it has not taken yet. */
  pending = [];
  /** A command that has begun and not ended, as a line below the conversation. */
  running = null;
  /** True until the first turn: the title is still the terminal's own. */
  fresh = true;
  /** Called after everything that is drawn. */
  onDraw = () => {};
  #out;
  #settings;
  #conversation = [];
  #shown = [];
  #frame = 0;
  #timer;
  #title = "";

  constructor(out, settings) {
    this.#out = out;
    this.#settings = settings;
  }

  get columns() {
    return this.#out.columns || 120;
  }

  get rows() {
    return this.#out.rows || 50;
  }

  /** Take the terminal: alternate screen, bracketed paste, no cursor; start the spinner. */
  start() {
    this.#out.write("\u001b[?1049h\u001b[?2004h\u001b[?25l\u001b[2J");
    this.#timer = setInterval(() => this.#tick(), SPINNER_MS);
    this.#out.on("resize", () => {
      this.#shown = [];
      this.#out.write("\u001b[2J");
      this.draw();
    });
  }

  /** Leave the terminal as it was found. */
  stop() {
    clearInterval(this.#timer);
    this.#out.write("\u001b[?2004l\u001b[?25h\u001b[?1049l\u001b]0;\u0007");
  }

  /** Add lines to the conversation. */
  print(lines) {
    this.#conversation.push(...lines);
    this.#conversation.splice(0, this.#conversation.length - KEPT_LINES);
    this.draw();
  }

  /** Begin an empty conversation. */
  clear() {
    this.#conversation = [];
    this.print(header(this.#settings));
  }

  /** Bring the screen up to date; only rows that changed are written. */
  draw() {
    const { rows } = this;
    const live = this.#live().slice(-rows);
    const told = this.running === null ? this.#conversation : [...this.#conversation, this.running, "", ""];
    const above = told.flatMap((line) => wrap(line, this.columns)).slice(-Math.max(0, rows - live.length) || rows);
    const gap = Math.max(0, rows - live.length - above.length);
    const screen = this.dialog?.whole ? live : [...above, ...Array(gap).fill(""), ...live].slice(-rows);
    let text = "";
    for (let row = 0; row < rows; row += 1) {
      const line = screen[row] ?? "";
      if (line !== (this.#shown[row] ?? "")) text += `\u001b[${row + 1};1H\u001b[2K${line}`;
      this.#shown[row] = line;
    }
    this.#out.write(text + this.#titleChange());
    this.onDraw();
  }

  #live() {
    const { columns, rows } = this;
    const parts = [];
    if (this.busy !== null && this.dialog === null) {
      parts.push(working(Math.floor((Date.now() - this.busy.since) / 1000), this.busy.label), "");
      if (this.pending.length > 0) parts.push(...pendingInput(this.pending, columns), "");
      parts.push("");
    }
    if (this.dialog !== null) parts.push(...this.dialog.lines(this.dialog.selected));
    else
      parts.push(
        ...composer(this.composer, { ...this.#settings, columns, rows, fresh: this.fresh && this.busy === null }),
      );
    return parts.flatMap((line) => wrap(line, columns));
  }

  #state() {
    if (this.dialog !== null) return this.dialog.title ?? "waiting";
    if (this.busy !== null) return "busy";
    return this.fresh ? "starting" : "idle";
  }

  #tick() {
    const state = this.#state();
    if (state === "idle" || state === "starting") return;
    this.#frame += 1;
    this.draw();
  }

  #titleChange() {
    const state = this.#state();
    if (state === "starting") return "";
    const text = title(state, basename(this.#settings.cwd), this.#frame);
    if (text === this.#title) return "";
    this.#title = text;
    return `\u001b]0;${text}\u0007`;
  }
}
