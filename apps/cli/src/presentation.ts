import type { Call, OperationPath, Output } from "@conveyor/contracts";
import { presentations } from "./generated/index.ts";
import type { Io } from "./io.ts";
import type { View } from "./print/text.ts";

/** What a `local` operation may use: it runs in this process and prints for itself. */
export interface LocalContext {
  io: Io;
  view: View;
  program: string;
  /** The ledger file that was named with `--path`, made absolute. */
  ledger: string | undefined;
  json: boolean;
}

/** How an operation asks further. */
export interface Inquiry {
  /** The input as it was given. */
  input: Readonly<Record<string, unknown>>;
  /** Ask another operation of the same command, over the same connection. */
  ask<Path extends OperationPath>(path: Path, input: Call<Path>): Promise<Output<Path>>;
}

/** How an input is completed: other forms may be asked, and whoever sits at the terminal. */
export interface Preparation extends Pick<Inquiry, "ask"> {
  io: Io;
  /** The ledger file that was named with `--path`, made absolute. */
  ledger: string | undefined;
}

/** What the command line adds to an operation. Whatever is left out is derived. */
interface PresentationOf<Path extends OperationPath> {
  /** How the answer reads as text. Without it the generic rendering is used. */
  text?: (output: Output<Path>, view: View) => string;
  /**
   * What is printed where the document would stand, when the answer itself is not the document: lines of a file, raw text.
   * Undefined leaves the document. `--json` may be asked for.
   */
  raw?: (output: Output<Path>, asked: { json: boolean }) => string | undefined;
  /** The program that shows it, where a person looks and asks for text: it gets the terminal. */
  takesOver?: (output: Output<Path>) => readonly string[];
  /** How one piece of progress reads as text, printed as it happens. */
  progress?: (item: unknown, view: View) => string;
  /** What is told on stderr when a list is empty and is shown as text; by the name of the program. */
  nothing?: (program: string) => string;
  /** One line for stderr on one piece of progress; kept back when JSON is asked for. */
  notes?: (item: unknown) => string;
  /** What completes the input before it is sent, such as answers of a person; may ask another form of the command first. */
  prepare?: (input: Call<Path>, more: Preparation) => Promise<Call<Path>>;
  /** What is told on stderr beside the answer, in one line; may ask another operation of the command for it. */
  aside?: (output: Output<Path>, more: Inquiry) => Promise<string | undefined>;
  /** What a person is asked before an operation that refuses with `confirmation_required` is run again with `yes`. */
  confirm?: string;
  /** The exit code of an answer that is itself a verdict (spec 01 §4.5). */
  exitCode?: (output: Output<Path>, input: Call<Path>) => 0 | 1 | 124;
  /** What runs in this process only; returns the exit code. */
  local?: (input: Call<Path>, context: LocalContext) => Promise<number>;
}

/** An inquiry no longer tied to types. */
export interface AnyInquiry {
  input: Readonly<Record<string, unknown>>;
  ask(path: string, input: unknown): Promise<unknown>;
}

/** A preparation no longer tied to types. */
interface AnyPreparation extends Pick<AnyInquiry, "ask"> {
  io: Io;
  ledger: string | undefined;
}

/** A presentation as the program uses it, no longer tied to the types of its operation. */
export interface Presentation {
  path: OperationPath;
  text?: (output: unknown, view: View) => string;
  raw?: (output: unknown, asked: { json: boolean }) => string | undefined;
  takesOver?: (output: unknown) => readonly string[];
  progress?: (item: unknown, view: View) => string;
  nothing?: (program: string) => string;
  notes?: (item: unknown) => string;
  aside?: (output: unknown, more: AnyInquiry) => Promise<string | undefined>;
  confirm?: string;
  prepare?: (input: unknown, more: AnyPreparation) => Promise<Record<string, unknown>>;
  exitCode?: (output: unknown, input: unknown) => number;
  local?: (input: unknown, context: LocalContext) => Promise<number>;
}

/**
 * Declare what the command line adds to the operation at `path`. `apps/cli/src/<area>/` holds these, one exported constant
 * per operation, called as the last word of its path: by that `tools/cli/manifest.ts` finds them.
 */
export function presents<Path extends OperationPath>(path: Path, parts: PresentationOf<Path>): Presentation {
  return { path, ...(parts as Omit<Presentation, "path">) };
}

/** What the command line adds to the operation at `path`, loaded now; nothing when the generic renderer does. */
export async function presentationOf(path: string): Promise<Partial<Presentation>> {
  const module = (await presentations[path]?.()) as Record<string, Presentation> | undefined;
  return module?.[path.slice(path.indexOf(".") + 1)] ?? {};
}
