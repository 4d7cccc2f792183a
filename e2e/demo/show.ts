/** A stream that the demo tells its story on. */
export interface Screen {
  write(text: string): unknown;
  isTTY?: boolean;
}

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

/** Prints the story: a line per step, with the commands that it typed below it. Colours and redrawing on a terminal only. */
export class Show {
  readonly #screen: Screen;
  readonly #colours: boolean;
  #commands: string[] = [];

  constructor(screen: Screen, env: Readonly<Record<string, string | undefined>>) {
    this.#screen = screen;
    this.#colours = screen.isTTY === true && (env["NO_COLOR"] ?? "") === "";
  }

  say(text = ""): void {
    this.#screen.write(`${text}\n`);
  }

  note(text: string): void {
    this.say(`  ${this.#paint("yellow", "!")} ${text}`);
  }

  /** Keep a command to print below the step that types it. */
  typed(argv: readonly string[]): void {
    this.#commands.push(["conveyor", ...argv.map(shellWord)].join(" "));
  }

  begin(title: string): void {
    if (this.#screen.isTTY === true) this.#screen.write(`  ${this.#paint("dim", "…")} ${title}`);
  }

  done(title: string, result: string, milliseconds: number): void {
    const took = this.#paint("dim", `${Math.round(milliseconds)} ms`);
    this.#end(`  ${this.#paint("green", "✓")} ${title}: ${this.#paint("bold", result)}  ${took}`);
  }

  failed(title: string, reason: string): void {
    this.#end(`  ${this.#paint("red", "✗")} ${title}: ${reason}`);
  }

  #end(line: string): void {
    if (this.#screen.isTTY === true) this.#screen.write("\r\u001b[K");
    this.say(line);
    for (const command of this.#commands) this.say(`      ${this.#paint("dim", `$ ${command}`)}`);
    this.#commands = [];
  }

  #paint(colour: keyof typeof CODES, text: string): string {
    return this.#colours ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text;
  }
}

/** A word as one would type it; long texts are shortened, because the story is about what happens. */
function shellWord(word: string): string {
  const line = word.split("\n", 1)[0] ?? "";
  const shown = line === word && line.length <= 60 ? line : `${line.slice(0, 60)}…`;
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`;
}
