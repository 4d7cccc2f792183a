import { createHash, type Hash } from "node:crypto";

/** Levels of nesting that are stored; SQLite itself refuses JSON of more than 1000 (spec 00, ruling 10). */
const MOST_LEVELS = 64;
/** How much of one text is kept, in bytes as they are written. */
const TEXT_BYTES = 16 * 1024;
/**
 * How much is written before members are left out. Every member of the payload has so much to itself, so what an agent
 * says of its turn outlives whatever the record carries along.
 */
const MEMBER_BYTES = 64 * 1024;
/** And so much is there for all of them, and for those beside the payload. */
const PAYLOAD_BYTES = 768 * 1024;
const LINE_BYTES = 1024 * 1024;
/** What no line of JSON comes to in spite of all that; what does is no JSON. */
const MOST_BYTES = 4 * 1024 * 1024;
/** Digits of a number that are kept; none has more that mean anything. */
const LITERAL_BYTES = 400;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COLON = 0x3a;

/** A line of JSON reduced to what can be held and stored. */
export interface Outline {
  /** JSON text; well-formed when the line was. */
  bytes: Buffer;
  /** SHA-256 of the whole line, in hex. */
  sha256: string;
  /** Size of the value of `payload`; 0 when the line has none. */
  payload_bytes: number;
  /** Whether anything was left out. */
  is_reduced: boolean;
}

/**
 * Reduces one line of JSON, given piece by piece, to an outline of bounded size and depth: long texts keep their
 * beginning, values below 64 levels become `{"omitted":true,"bytes":N}`, and members beyond a total size are dropped.
 * Nothing recurses and nothing is held but the outline, so neither a line of a gigabyte nor one of a million brackets
 * costs more than the time to look at it. Whether the line is valid JSON shows when the outline is parsed.
 */
export class LineOutline {
  readonly #sha256: Hash = createHash("sha256");
  #out = Buffer.allocUnsafe(4096);
  #size = 0;
  #position = 0;
  #depth = 0;
  #is_reduced = false;
  #is_broken = false;

  #in_text = false;
  #is_escaped = false;
  /** What is kept of the present text; written when it ends, or when there is enough of it. */
  #text_parts: Buffer[] = [];
  #text_kept = 0;
  #literal_kept = 0;

  /** Set while a value is left out: the depth at which it began, and where. */
  #omitted: { depth: number; position: number } | null = null;
  /** Set while the rest of a container is left out: its depth. */
  #dropped_at: number | null = null;
  /** Where in the outline the present member of the payload begins. */
  #member_begin = 0;
  /** A comma that is written once something follows it. */
  #comma_due = false;

  /** The present text stands right in the line's object, so it may be the key of what follows. */
  #is_outer_text = false;
  #last_outer_text = "";
  #payload_start: number | null = null;
  #payload_bytes = 0;

  /** Take the next piece of the line. */
  push(piece: Uint8Array): void {
    this.#sha256.update(piece);
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    let index = 0;
    while (index < bytes.length) index = this.#in_text ? this.#text(bytes, index) : this.#structure(bytes, index);
    this.#position += bytes.length;
  }

  /** The outline of what was given; null when that cannot be JSON. */
  finish(): Outline | null {
    if (this.#is_broken || this.#in_text || this.#depth !== 0) return null;
    return {
      bytes: this.#out.subarray(0, this.#size),
      sha256: this.#sha256.digest("hex"),
      payload_bytes: this.#payload_bytes,
      is_reduced: this.#is_reduced,
    };
  }

  get #is_silent(): boolean {
    return this.#omitted !== null || this.#dropped_at !== null || this.#is_broken;
  }

  #write(bytes: Uint8Array): void {
    const size = this.#size + bytes.length;
    if (size > MOST_BYTES) {
      this.#is_broken = true;
      return;
    }
    if (size > this.#out.length) {
      const larger = Buffer.allocUnsafe(Math.max(size, this.#out.length * 2));
      this.#out.copy(larger, 0, 0, this.#size);
      this.#out = larger;
    }
    this.#out.set(bytes, this.#size);
    this.#size = size;
  }

  /** One byte outside of a text. */
  #structure(bytes: Buffer, index: number): number {
    const byte = bytes[index] ?? 0;
    const is_literal = byte > 0x20 && !STRUCTURE.has(byte);
    this.#literal_kept = is_literal ? this.#literal_kept + 1 : 0;
    switch (byte) {
      case QUOTE:
        this.#beforeMember();
        this.#in_text = true;
        this.#is_outer_text = this.#depth === 1;
        this.#text_kept = 0;
        this.#text_parts = [];
        break;
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        this.#beforeMember();
        this.#open(bytes, index);
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        this.#close(bytes, index);
        break;
      case COMMA:
        this.#endOfPayload(index);
        if (!this.#is_silent) this.#comma_due = true;
        break;
      case COLON:
        if (this.#depth === 1 && this.#last_outer_text === "payload") this.#payload_start = this.#position + index + 1;
        if (!this.#is_silent) this.#write(bytes.subarray(index, index + 1));
        break;
      default:
        if (is_literal) this.#literal(bytes, index);
    }
    return index + 1;
  }

  /** A byte of a number or of a word; or of something that is no JSON, which then shows. */
  #literal(bytes: Buffer, index: number): void {
    this.#beforeMember();
    if (this.#is_silent) return;
    if (this.#literal_kept <= LITERAL_BYTES) this.#write(bytes.subarray(index, index + 1));
    else this.#is_reduced = true;
  }

  #open(bytes: Buffer, index: number): void {
    this.#depth += 1;
    if (this.#is_silent) return;
    if (this.#depth > MOST_LEVELS) {
      this.#omitted = { depth: this.#depth, position: this.#position + index };
      this.#is_reduced = true;
      return;
    }
    this.#write(bytes.subarray(index, index + 1));
  }

  #close(bytes: Buffer, index: number): void {
    const depth = this.#depth;
    if (depth === 0) this.#is_broken = true;
    if (this.#is_broken) return;
    this.#endOfPayload(index);
    this.#depth -= 1;
    if (this.#omitted !== null) {
      if (this.#omitted.depth !== depth) return;
      const size = this.#position + index + 1 - this.#omitted.position;
      this.#omitted = null;
      this.#write(Buffer.from(`{"omitted":true,"bytes":${size}}`));
      return;
    }
    if (this.#dropped_at !== null && this.#dropped_at !== depth) return;
    if (this.#dropped_at !== null) this.#dropped_at = null;
    else if (this.#comma_due) this.#write(COMMA_BYTES);
    this.#comma_due = false;
    this.#write(bytes.subarray(index, index + 1));
  }

  /** A key, an element or a value begins: leave out the rest of its container when enough was written at this depth. */
  #beforeMember(): void {
    if (this.#is_silent || !this.#comma_due) return;
    this.#comma_due = false;
    if (this.#depth <= 2) this.#member_begin = this.#size;
    if (this.#isEnough()) {
      this.#dropped_at = this.#depth;
      this.#is_reduced = true;
      return;
    }
    this.#write(COMMA_BYTES);
  }

  #isEnough(): boolean {
    if (this.#depth <= 1) return this.#size > LINE_BYTES;
    if (this.#depth === 2) return this.#size > PAYLOAD_BYTES;
    return this.#size - this.#member_begin > MEMBER_BYTES;
  }

  #endOfPayload(index: number): void {
    if (this.#depth !== 1 || this.#payload_start === null) return;
    this.#payload_bytes = this.#position + index - this.#payload_start;
    this.#payload_start = null;
  }

  /** As much of a text as this piece holds. */
  #text(bytes: Buffer, start: number): number {
    let index = start;
    if (this.#is_escaped) {
      this.#is_escaped = false;
      index += 1;
    }
    let quote = bytes.indexOf(QUOTE, index);
    let backslash = bytes.indexOf(BACKSLASH, index);
    while (backslash !== -1 && (quote === -1 || backslash < quote)) {
      if (backslash === bytes.length - 1) {
        this.#is_escaped = true;
        quote = -1;
        break;
      }
      if (quote !== -1 && quote < backslash + 2) quote = bytes.indexOf(QUOTE, backslash + 2);
      backslash = bytes.indexOf(BACKSLASH, backslash + 2);
    }
    const end = quote === -1 ? bytes.length : quote;
    this.#keepText(bytes.subarray(start, end));
    if (quote === -1) return bytes.length;
    this.#in_text = false;
    this.#endOfText();
    return end + 1;
  }

  #keepText(part: Buffer): void {
    const room = TEXT_BYTES - this.#text_kept;
    this.#text_kept += part.length;
    // One byte more than there is room for shows that the text is cut. The piece is the reader's and will be overwritten.
    if (room >= 0 && !this.#is_silent) this.#text_parts.push(Buffer.from(part.subarray(0, room + 1)));
  }

  #endOfText(): void {
    if (this.#is_silent) return;
    const kept = Buffer.concat(this.#text_parts);
    const is_cut = kept.length > TEXT_BYTES;
    const text = is_cut ? wholeCharacters(kept, TEXT_BYTES) : kept;
    if (this.#is_outer_text) this.#last_outer_text = text.length > 64 ? "" : text.toString("latin1");
    this.#write(QUOTE_BYTES);
    this.#write(text);
    if (is_cut) {
      this.#is_reduced = true;
      this.#write(CUT_MARK);
    }
    this.#write(QUOTE_BYTES);
  }
}

const QUOTE_BYTES = Buffer.from('"');
const COMMA_BYTES = Buffer.from(",");
const CUT_MARK = Buffer.from(" [the rest is left out]");
const STRUCTURE = new Set([QUOTE, OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY, COMMA, COLON]);

/** The beginning of a JSON text's inside, cut where neither a character nor an escape is torn. */
function wholeCharacters(part: Buffer, length: number): Buffer {
  let end = length;
  while (end > 0 && ((part[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  // An escape has at most six bytes, so one that is torn begins in the last five; whether a backslash begins one or is
  // the second half of another shows from the number of those in a row.
  const torn = part.subarray(0, end).lastIndexOf(BACKSLASH);
  if (torn === -1 || end - torn > 5) return part.subarray(0, end);
  let first = torn;
  while (first > 0 && part[first - 1] === BACKSLASH) first -= 1;
  return part.subarray(0, (torn - first) % 2 === 0 ? torn : end);
}

/** The outline of a line that is in memory as a whole. */
export function outlineOf(line: Uint8Array): Outline | null {
  const outline = new LineOutline();
  outline.push(line);
  return outline.finish();
}

/**
 * Whether a JSON text is nested deeper than what is stored. Cheap for nearly every text, which has too few brackets for
 * that; the others are looked through once, without recursion.
 */
export function isTooDeep(text: string): boolean {
  if (text.length < 2 * MOST_LEVELS || hasFewBrackets(text)) return false;
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = endOfText(text, index);
    else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      depth += 1;
      if (depth > MOST_LEVELS) return true;
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) depth -= 1;
  }
  return false;
}

function hasFewBrackets(text: string): boolean {
  let count = 0;
  for (const bracket of ["{", "["]) {
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
      count += 1;
      if (count > MOST_LEVELS) return false;
    }
  }
  return true;
}

/** Index of the quote that ends the text which begins at `start`; the last index when none does. */
function endOfText(text: string, start: number): number {
  let index = start + 1;
  while (index < text.length) {
    const quote = text.indexOf('"', index);
    if (quote === -1) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quote;
    index = quote + 1;
  }
  return text.length;
}
