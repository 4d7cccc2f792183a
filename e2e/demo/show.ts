import { shellQuote } from "@conveyor/contracts/shell-quote";

/** A stream that the demo tells its story on. */
export interface Screen {
  write(text: string): unknown;
  isTTY?: boolean;
  /** Of a terminal. */
  columns?: number;
}

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

/** Prints the story: a line per step, with the commands that it typed below it. Colours and redrawing on a terminal only. */
export class Show {
  readonly #screen: Screen;
  readonly #colours: boolean;
  #commands: string[] = [];
  #quotes: string[] = [];

  constructor(screen: Screen, env: Readonly<Record<string, string | undefined>>) {
    this.#screen = screen;
    this.#colours = screen.isTTY === true && (env["NO_COLOR"] ?? "") === "";
  }

  say(text = ""): void {
    const { isTTY, columns } = this.#screen;
    const shown =
      isTTY === true && columns !== undefined
        ? text
            .split("\n")
            .map((line) => wrapped(line, columns))
            .join("\n")
        : text;
    this.#screen.write(`${shown}\n`);
  }

  note(text: string): void {
    this.say(`  ${this.#paint("yellow", "!")} ${text}`);
  }

  /** Tell something while a step is under way. */
  aside(text: string): void {
    if (this.#screen.isTTY === true) this.#screen.write("\r\u001b[K");
    this.note(text);
  }

  /** Keep what somebody said to print below the step that heard it. */
  quoted(who: string, text: string): void {
    this.#quotes.push(`${who}: ${text.replace(/\s+/g, " ").trim()}`);
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
    for (const quote of this.#quotes) this.say(`      ${this.#paint("cyan", quote)}`);
    [this.#commands, this.#quotes] = [[], []];
  }

  #paint(colour: keyof typeof CODES, text: string): string {
    return this.#colours ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text;
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colour sequences begin with ESC
const COLOUR = /\u001b\[\d+m/g;

/** A line broken between words so that it fits, its continuations indented behind its beginning. Pure. */
export function wrapped(line: string, columns: number): string {
  const width = (text: string) => [...text.replace(COLOUR, "")].length;
  const [margin = ""] = /^ */.exec(line) ?? [];
  const indent = `${margin}  `;
  const lines: string[] = [];
  let current = margin;
  for (const word of line.slice(margin.length).split(" ")) {
    const isFirst = current === margin || current === indent;
    const longer = isFirst ? current + word : `${current} ${word}`;
    if (isFirst || width(longer) < columns) current = longer;
    else {
      lines.push(current);
      current = indent + word;
    }
  }
  return [...lines, current].join("\n");
}

/** A word as one would type it; long texts are shortened, because the story is about what happens. */
function shellWord(word: string): string {
  const line = word.split("\n", 1)[0] ?? "";
  const shown = line === word && line.length <= 60 ? line : `${line.slice(0, 60)}…`;
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : shellQuote(shown);
}
