import type { CallOf, Operations, OutputOf } from "@conveyor/contracts";
import type { Io } from "./io.ts";
import type { CommandSpec, VariantSpec } from "./manifest.ts";
import type { View } from "./print/text.ts";

type OperationAt<Path extends string> = Path extends `${infer Area}.${infer Name}`
  ? Area extends keyof Operations
    ? Name extends keyof Operations[Area]
      ? Operations[Area][Name]
      : never
    : never
  : never;

/** What an operation answers, by its path; of a subscription: one item. */
export type Answer<Path extends string> = OutputOf<OperationAt<Path>>;

/** What the command line hands to an operation, by its path. */
export type Question<Path extends string> = CallOf<OperationAt<Path>>;

type PathsOf<Spec extends CommandSpec, Kind extends VariantSpec["kind"] = VariantSpec["kind"]> = Extract<
  Spec["variants"][number],
  { kind: Kind }
>["path"];

/** What a `local` operation may use: it runs in this process and prints for itself. */
export interface LocalContext {
  io: Io;
  view: View;
  program: string;
  /** The ledger file that was named with `--path`, made absolute. */
  ledger: string | undefined;
  json: boolean;
}

/** How a command asks further. */
export interface Inquiry<Spec extends CommandSpec> {
  /** The input as it was given. */
  input: Readonly<Record<string, unknown>>;
  ask<Path extends PathsOf<Spec>>(path: Path, input: Question<Path>): Promise<Answer<Path>>;
}

/** What a command adds to its contract. Whatever is left out is derived. */
export interface CommandParts<Spec extends CommandSpec> {
  /** How each form's answer reads as text. Without one the generic rendering is used. */
  text?: { [Path in PathsOf<Spec>]?: (output: Answer<Path>, view: View) => string };
  /**
   * What is printed where the document would stand, when the answer itself is not the document: lines of a file, raw text.
   * Undefined leaves the document. `--json` may be asked for.
   */
  raw?: { [Path in PathsOf<Spec>]?: (output: Answer<Path>, asked: { json: boolean }) => string | undefined };
  /** How one piece of progress of a running form reads as text, printed as it happens. */
  progress?: { [Path in PathsOf<Spec>]?: (item: unknown, view: View) => string };
  /** What is told on stderr when a list is empty and is shown as text; by the name of the program. */
  nothing?: { [Path in PathsOf<Spec>]?: (program: string) => string };
  /** One line for stderr on one piece of progress of a running form; kept back when JSON is asked for. */
  notes?: { [Path in PathsOf<Spec>]?: (item: unknown) => string };
  /** What is told on stderr beside the answer, in one line; may ask one of the command's other forms for it. */
  aside?: { [Path in PathsOf<Spec>]?: (output: Answer<Path>, more: Inquiry<Spec>) => Promise<string | undefined> };
  /** What a person is asked before a form that refuses with `confirmation_required` is run again with `yes`. */
  confirm?: { [Path in PathsOf<Spec>]?: string };
  /** The exit code of an answer that is itself a verdict (spec 01 §4.5). */
  exitCode?: { [Path in PathsOf<Spec>]?: (output: Answer<Path>) => 0 | 1 };
  /** What runs in this process only; returns the exit code. */
  local?: { [Path in PathsOf<Spec, "local">]: (input: Question<Path>, context: LocalContext) => Promise<number> };
}

/** An inquiry no longer tied to the command's types. */
export interface AnyInquiry {
  input: Readonly<Record<string, unknown>>;
  ask(path: string, input: unknown): Promise<unknown>;
}

/** A command as the program runs it, its parts no longer tied to their types. */
export interface CliCommand {
  spec: CommandSpec;
  text: Readonly<Record<string, ((output: unknown, view: View) => string) | undefined>>;
  raw: Readonly<Record<string, ((output: unknown, asked: { json: boolean }) => string | undefined) | undefined>>;
  progress: Readonly<Record<string, ((item: unknown, view: View) => string) | undefined>>;
  nothing: Readonly<Record<string, ((program: string) => string) | undefined>>;
  notes: Readonly<Record<string, ((item: unknown) => string) | undefined>>;
  aside: Readonly<Record<string, ((output: unknown, more: AnyInquiry) => Promise<string | undefined>) | undefined>>;
  confirm: Readonly<Record<string, string | undefined>>;
  exitCode: Readonly<Record<string, ((output: unknown) => number) | undefined>>;
  local: Readonly<Record<string, ((input: unknown, context: LocalContext) => Promise<number>) | undefined>>;
}

/** Declare a command: its derived description and what only a person can write. */
export function cliCommand<const Spec extends CommandSpec>(spec: Spec, parts: CommandParts<Spec> = {}): CliCommand {
  return {
    spec,
    text: (parts.text ?? {}) as CliCommand["text"],
    raw: (parts.raw ?? {}) as CliCommand["raw"],
    progress: (parts.progress ?? {}) as CliCommand["progress"],
    nothing: (parts.nothing ?? {}) as CliCommand["nothing"],
    notes: (parts.notes ?? {}) as CliCommand["notes"],
    aside: (parts.aside ?? {}) as CliCommand["aside"],
    confirm: (parts.confirm ?? {}) as CliCommand["confirm"],
    exitCode: (parts.exitCode ?? {}) as CliCommand["exitCode"],
    local: (parts.local ?? {}) as CliCommand["local"],
  };
}
