import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { waitUntil } from "../../e2e/support/scripted-agent/wait.ts";
import { type Ran, told } from "../../e2e/support/world/process.ts";
import type { Normalise } from "./normalise.ts";
import { type CallOptions, type Place, turnsOf } from "./place.ts";

/** The ways in which the same scenario is gone through: with no flag for the form of the answer, and with each. */
export const FORMS = { plain: [], json: ["--json"], human: ["--human"] } as const;
export type Form = keyof typeof FORMS;

/** A call that takes longer is told about, so that a recording does not grow slow unnoticed. */
const SLOW_SECONDS = 4;

/** Goes through a scenario at one place in one form, and writes a file for every call. */
export class Recorder {
  readonly place: Place;
  readonly form: Form;
  /** Every command line that was run, without its form. */
  readonly typed: string[][] = [];
  /** Calls on which the rest of the scenario stands and which were refused. */
  readonly broken: string[] = [];
  readonly #folder: string;
  readonly #normalise: Normalise;
  #section = "";
  #calls = 0;

  constructor(place: Place, form: Form, folder: string, normalise: Normalise) {
    this.place = place;
    this.form = form;
    this.#folder = join(folder, form);
    this.#normalise = normalise;
  }

  /** Begin another part of the scenario; its calls go into a folder of this name, numbered. */
  section(name: string): void {
    this.#section = name;
    this.#calls = 0;
  }

  /** Run a command line, written as in a shell, to its end and record it. */
  async call(line: string, options: CallOptions = {}): Promise<Ran> {
    const argv = this.#formed(line);
    const began = performance.now();
    const ran = await this.place.run(argv, options);
    const took = (performance.now() - began) / 1000;
    if (took > SLOW_SECONDS) process.stderr.write(`${took.toFixed(1)} s: ${line}\n`);
    this.#write(argv, ran, options);
    return ran;
  }

  /**
   * Start a command line that goes on until it is interrupted; let something happen once it prints the first pattern,
   * and interrupt it when it has printed the second.
   */
  async follow(line: string, first: RegExp, meanwhile: () => Promise<void>, last: RegExp): Promise<void> {
    const argv = this.#formed(line);
    const running = await this.place.begin(argv);
    await running.printed(first);
    await meanwhile();
    await running.printed(last);
    running.kill("SIGINT");
    this.#write(argv, await running.done, {});
  }

  /** What a command answers in JSON, not recorded. Throws unless it exits with 0. */
  // biome-ignore lint/suspicious/noExplicitAny: see Place.ask
  ask(line: string): Promise<any> {
    return this.place.ask(...wordsOf(line));
  }

  /** Wait until the rollout of a registered session tells of so many finished turns and its screen has come to rest. */
  async rest(session: string, turns: number): Promise<void> {
    const [{ codex_session_path: path }] = await this.ask(`sessions --name ${session}`);
    await waitUntil(async () => turnsOf(path) >= turns, {
      limit_ms: 30_000,
      what: () => `turn ${turns} of ${session} in ${path}`,
    });
    await waitUntil(
      async () => {
        const { stdout } = await this.place.run(["capture", session, "--include-content"]);
        return stdout.includes("›") && !stdout.includes("esc to interrupt");
      },
      { limit_ms: 30_000, what: () => `the composer of ${session}` },
    );
  }

  #formed(line: string): string[] {
    const argv = wordsOf(line);
    this.typed.push(argv);
    const rest = argv.indexOf("--");
    return argv.toSpliced(rest < 0 ? argv.length : rest, 0, ...FORMS[this.form]);
  }

  #write(argv: readonly string[], ran: Ran, options: CallOptions): void {
    this.#calls += 1;
    const folder = join(this.#folder, this.#section);
    mkdirSync(folder, { recursive: true });
    const name = `${String(this.#calls).padStart(3, "0")}-${(argv[0] ?? "").replaceAll(/\W+/g, "-")}.txt`;
    const text = [
      `$ conveyor ${argv.map(shown).join(" ")}`,
      ...(options.input === undefined ? [] : [`--- stdin\n${options.input}`]),
      `--- exit ${ran.code ?? ran.signal}`,
      `--- stdout\n${ran.stdout}`,
      `--- stderr\n${ran.stderr}`,
    ].join("\n");
    writeFileSync(join(folder, name), this.#normalise(text));
  }
}

/** The words of a line as a shell reads them; single quotes only. */
export function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}

const shown = (word: string) => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word}'`);

/** Record a command line that must do its job; for steps on which the rest of a scenario stands. */
export async function must(recorder: Recorder, line: string, options: CallOptions = {}): Promise<void> {
  const ran = await recorder.call(line, options);
  if (ran.code !== 0) recorder.broken.push(told(ran));
}
