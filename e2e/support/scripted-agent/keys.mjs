import { StringDecoder } from "node:string_decoder";

const PASTE_START = "\u001b[200~";
const PASTE_END = "\u001b[201~";
const CONTROL = new Map([
  ["\r", "enter"],
  ["\n", "newline"],
  ["\t", "tab"],
  ["\u0003", "ctrl-c"],
  ["\u0004", "ctrl-d"],
  ["\u0015", "ctrl-u"],
  ["\u007f", "backspace"],
  ["\b", "backspace"],
]);
const SEQUENCES = [
  ["\u001b[A", "up"],
  ["\u001b[B", "down"],
  ["\u001bOA", "up"],
  ["\u001bOB", "down"],
  ["\u001b\r", "newline"],
];

/**
 * Turn terminal bytes into keys: `{ kind: "char", text }`, `{ kind: "paste", text }` (bracketed) or `{ kind: <name> }`.
 * A lone ESC at the end of a chunk may be the start of a sequence: it stays pending until `flush()`.
 */
export class KeyDecoder {
  #utf8 = new StringDecoder("utf8");
  #rest = "";

  /** Decode one chunk. */
  push(chunk) {
    this.#rest += this.#utf8.write(chunk);
    return this.#drain(false);
  }

  /** True when a lone ESC waits for its continuation. */
  get pending() {
    return this.#rest !== "" && !this.#rest.startsWith(PASTE_START);
  }

  /** Nothing came after a pending ESC: it was the Escape key. */
  flush() {
    return this.#drain(true);
  }

  #drain(final) {
    const keys = [];
    while (this.#rest !== "") {
      const taken = this.#takeOne(final);
      if (taken === null) break;
      this.#rest = this.#rest.slice(taken.length);
      if (taken.key !== null) keys.push(taken.key);
    }
    return keys;
  }

  #takeOne(final) {
    const text = this.#rest;
    if (text.startsWith(PASTE_START)) {
      const end = text.indexOf(PASTE_END);
      if (end < 0) return null;
      const pasted = text.slice(PASTE_START.length, end).replace(/\r\n?/g, "\n");
      return { length: end + PASTE_END.length, key: { kind: "paste", text: pasted } };
    }
    for (const [sequence, kind] of SEQUENCES) {
      if (text.startsWith(sequence)) return { length: sequence.length, key: { kind } };
    }
    if (text[0] === "\u001b") {
      const after = text.slice(1);
      const sequence = /^(?:\[[0-9;?<>=]*[@-~]|O[@-~])/.exec(after);
      if (sequence !== null) return { length: 1 + sequence[0].length, key: null };
      const incomplete = /^(?:\[[0-9;?<>=]*|O)?$/.test(after);
      if (incomplete && !final) return null;
      return { length: 1, key: { kind: "escape" } };
    }
    const named = CONTROL.get(text[0]);
    if (named !== undefined) return { length: 1, key: { kind: named } };
    const char = String.fromCodePoint(text.codePointAt(0));
    return { length: char.length, key: char < " " ? null : { kind: "char", text: char } };
  }
}

const FAST_MS = 8;
const BURST_CHARS = 3;
const ENTER_WINDOW_MS = 120;

/**
 * Tells an Enter that a person typed from one that is part of fast unbracketed input. The real program takes text
 * that arrives faster than a hand can type for a paste; an Enter right after it then only adds a line (spec 02 §6).
 */
export class BurstDetector {
  #lastAt = Number.NEGATIVE_INFINITY;
  #run = 0;
  #windowEndsAt = Number.NEGATIVE_INFINITY;

  /** A plain character arrived at `now` (ms). */
  char(now) {
    this.#run = now - this.#lastAt <= FAST_MS ? this.#run + 1 : 1;
    this.#lastAt = now;
    if (this.#run >= BURST_CHARS) this.#windowEndsAt = now + ENTER_WINDOW_MS;
  }

  /** True when an Enter at `now` belongs to the burst and must not submit; it keeps the burst alive. */
  swallowsEnter(now) {
    const swallowed = now < this.#windowEndsAt;
    if (swallowed) this.#windowEndsAt = now + ENTER_WINDOW_MS;
    return swallowed;
  }

  /** Forget the burst (after a paste event or a submit). */
  reset() {
    this.#run = 0;
    this.#windowEndsAt = Number.NEGATIVE_INFINITY;
  }
}
