/** Output that a page has not drawn yet: so much stops the terminal, so little lets it go on, in bytes. */
const STOP_AT = 256 * 1024;
const GO_ON_AT = 64 * 1024;

/**
 * Keeps a page that is slow from filling memory. What it has not taken stops the reading of the terminal; tmux leaves out
 * what is not read and draws the screen anew afterwards, so neither it nor its programs ever wait. A page that says what
 * it has drawn is held to that; of any other only what lies in the connection counts.
 */
export class OutputFlow {
  readonly #terminal: { pause(): void; resume(): void };
  readonly #buffered: () => number;
  #undrawn = 0;
  #tells = false;
  #stopped = false;

  constructor(terminal: { pause(): void; resume(): void }, buffered: () => number) {
    this.#terminal = terminal;
    this.#buffered = buffered;
  }

  /** So many bytes go to the page. */
  sent(bytes: number): void {
    this.#undrawn += bytes;
    this.look();
  }

  /** The page says that it has drawn so many bytes more. */
  drawn(bytes: number): void {
    this.#tells = true;
    this.#undrawn = Math.max(0, this.#undrawn - bytes);
    this.look();
  }

  /** Stop or go on, as it is now. */
  look(): void {
    const waiting = Math.max(this.#buffered(), this.#tells ? this.#undrawn : 0);
    if (!this.#stopped && waiting > STOP_AT) {
      this.#stopped = true;
      this.#terminal.pause();
    } else if (this.#stopped && waiting < GO_ON_AT) {
      this.#stopped = false;
      this.#terminal.resume();
    }
  }
}
