import { ConveyorError } from "@conveyor/contracts/errors";
import type { Transport } from "@conveyor/sdk/link";
import { beforeTerminator } from "./arguments.ts";
import { configuredFor } from "./config/files/apply.ts";
import { commandHelp, helpPage } from "./help.ts";
import type { Io, OutputStream } from "./io.ts";
import type { CommandSpec, OperationSpec } from "./manifest.ts";
import { type ParsedCall, parseCall } from "./parse.ts";
import { type AnyInquiry, type Presentation, presentationOf } from "./presentation.ts";
import type { Picker } from "./print/fields.ts";
import { renderGeneric } from "./print/generic.ts";
import { jsonDocument, jsonLine } from "./print/json.ts";
import { paletteFor } from "./print/palette.ts";
import { harmless, type View } from "./print/text.ts";
import { reportError } from "./report.ts";
import { cutAtSwallowing } from "./swallowed.ts";
import { openTransport } from "./transport.ts";
import { usageError } from "./usage-error.ts";
import { parseJson, quote } from "./values.ts";

/** Whether help is asked for; then nothing else happens (spec 01 §4.2). */
function wantsHelp(argv: readonly string[]): boolean {
  return beforeTerminator(argv).some((argument) => argument === "-h" || argument === "--help");
}

/** Whether errors are to be printed as JSON, known even when the rest of the line makes no sense. */
export function wantsJson(argv: readonly string[]): boolean {
  return beforeTerminator(argv).includes("--json");
}

/** A command, and those of its operations that its first word left; all of them when that is still to be found out. */
export interface LoadedCommand {
  spec: CommandSpec;
  among?: readonly OperationSpec[] | undefined;
}

/** Run one command from its arguments to its exit code. Everything that goes wrong is reported, nothing is thrown. */
export async function execute(
  { spec, among }: LoadedCommand,
  argv: readonly string[],
  io: Io,
  program: string,
): Promise<number> {
  let call: ParsedCall | undefined;
  // What another program is to get says nothing to us.
  const { own } = cutAtSwallowing(spec, argv);
  try {
    if (wantsHelp(own)) {
      await io.stdout.write(commandHelp(program, spec, helpPage(io)));
      return 0;
    }
    call = await parseCall(spec, argv, io, program, among);
    const configured = await configuredFor(call.operation.path, io);
    const input = { ...configured?.input, ...(await withStdin(call, io)) };
    const view: View = {
      colour: paletteFor(io.stdout, io.env),
      isTerminal: io.stdout.isTerminal,
      columns: io.stdout.columns,
      now: Date.now(),
      program,
      input,
    };
    const shown = await presentationOf(call.operation.path);
    for (const { key, file } of call.quiet ? [] : (configured?.barred ?? [])) {
      await io.stderr.write(`warning: ${file} sets ${key}, which counts only after \`${program} config trust\`\n`);
    }
    return await run({ spec, call, input, shown, habit: configured?.output }, view, io);
  } catch (error) {
    return reportError(error, io, wantsJson(own), { program, command: spec.command, operation: call?.operation });
  }
}

/** The input with what standard input adds. Throws `usage` when two values want it. */
async function withStdin(call: ParsedCall, io: Io): Promise<Record<string, unknown>> {
  const [first, second] = call.stdin;
  if (first === undefined) return call.input;
  if (second !== undefined) {
    throw usageError(`${first.label} and ${second.label} cannot both read standard input`);
  }
  const text = await io.readStdin();
  // A message that was piped in ends with the line break of the last line, which is no part of it.
  const value = first.as === "json" ? parseJson(text, "standard input") : text.replace(/\r?\n$/, "");
  return { ...call.input, [first.field]: value };
}

/** What is to be run, and what the command line adds to it. */
interface Running {
  spec: CommandSpec;
  call: ParsedCall;
  input: Record<string, unknown>;
  shown: Partial<Presentation>;
  /** The form of output that the configuration names. */
  habit?: string | undefined;
}

async function run({ spec, call, input: typed, shown, habit }: Running, view: View, io: Io): Promise<number> {
  const { operation, quiet } = call;
  const pick = call.fields && (await (await import("./print/fields.ts")).fieldPicker(operation, call.fields));
  const form = pick === undefined ? formOf(call, io, habit) : "json";
  const json = form === "json";
  const text = form === "text";
  if (shown.local !== undefined) {
    const own = localIo(io, { pick, quiet });
    return shown.local(typed, { io: own, view, program: view.program, ledger: call.ledger, json });
  }
  const aloud = (text: string) => (quiet ? undefined : io.stderr.write(`${text}\n`));

  const transport = await openTransport(call, io);
  try {
    const ask = questionsTo(spec, transport, io);
    const input = (await shown.prepare?.(typed, { ask, io, ledger: call.ledger })) ?? typed;
    if (operation.kind === "subscription")
      return await follow({ spec, call, input, shown }, { view, io, transport, text, pick });
    let told = 0;
    const tell = text ? shown.progress : undefined;
    // Asked for JSON, stderr is kept for the one document of an error (spec 00, Output).
    const note = call.output === "json" ? undefined : shown.notes;
    const onProgress = (item: unknown) => {
      told += 1;
      void io.stdout.write(tell?.(harmless(item), view) ?? "");
      if (note !== undefined) void aloud(note(harmless(item)));
    };
    const listens = tell !== undefined || note !== undefined;
    const send = (given: Record<string, unknown>) =>
      transport.call(operation, given, { signal: io.signal, ...(listens && { onProgress }) });
    const output = await send(input).catch(async (refusal: unknown) => {
      if (!(await isConfirmed(refusal, shown.confirm, io))) throw refusal;
      return send({ ...input, yes: true });
    });
    const program = text ? shown.takesOver?.(output) : undefined;
    if (program !== undefined && io.takeOver !== undefined) return await io.takeOver(program);
    for (const warning of warningsOf(output)) await aloud(`warning: ${harmless(warning)}`);
    const raw = text || pick ? undefined : shown.raw?.(output, { json });
    const document = () =>
      text ? textOf(shown, output, { ...view, told }) : (pick?.(output) ?? documentOf(call, form, output));
    await io.stdout.write(raw ?? document());
    const isEmpty = Array.isArray(output) && output.length === 0;
    const nothing = text && isEmpty ? shown.nothing?.(view.program) : undefined;
    if (nothing !== undefined) await aloud(nothing);
    const aside = await shown.aside?.(output, { input, ask });
    if (aside !== undefined) await aloud(harmless(aside));
    // A wait that the user ended answers with its document; `session-interrupt` means something else by that field.
    if (io.signal.aborted && (output as { interrupted?: unknown } | null)?.interrupted === true) return 130;
    return shown.exitCode?.(output, input) ?? 0;
  } finally {
    await transport.close();
  }
}

/** The surroundings of an operation that prints for itself: it is asked for its document, of which fields are picked here. */
function localIo(io: Io, { pick, quiet }: { pick: Picker | undefined; quiet: boolean }): Io {
  const { stdout } = io;
  const picked: OutputStream = {
    isTerminal: false,
    columns: 80,
    write: (text) => stdout.write(pick === undefined ? text : pick(JSON.parse(text))),
  };
  const silent: OutputStream = { isTerminal: false, columns: 80, write: async () => {} };
  // Not a copy: to read some of what is there throws, where nobody needs it.
  return Object.create(io, {
    ...(pick !== undefined && { stdout: { value: picked } }),
    ...(quiet && { stderr: { value: silent } }),
  });
}

/** Whether a form that wants a yes got it from a person at the terminal; scripts say it with `--yes`. */
async function isConfirmed(refusal: unknown, question: string | undefined, io: Io): Promise<boolean> {
  if (question === undefined || io.confirm === undefined) return false;
  if (!(refusal instanceof ConveyorError) || refusal.code !== "confirmation_required") return false;
  return io.confirm(`${harmless(refusal.message)}\n${question}?`);
}

/** Runs other operations of the command over the same connection. */
function questionsTo(spec: CommandSpec, transport: Transport, { signal }: Io): AnyInquiry["ask"] {
  return async (path, input) => {
    const operation = spec.operations.find((own) => own.path === path);
    if (operation === undefined) throw new Error(`${path} is no operation of ${spec.command}`);
    return transport.call(operation, input, { signal });
  };
}

interface Following {
  view: View;
  io: Io;
  transport: Transport;
  text: boolean;
  pick: Picker | undefined;
}

/** Print what comes until it ends or the user has seen enough, which is no error but how one leaves. */
async function follow(
  { call, input, shown }: Running,
  { view, io, transport, text, pick }: Following,
): Promise<number> {
  let told = 0;
  try {
    for await (const { data } of transport.subscribe(call.operation, input, { signal: io.signal })) {
      await io.stdout.write(text ? textOf(shown, data, { ...view, told }) : (pick?.(data) ?? jsonLine(data)));
      told += 1;
    }
    return io.signal.aborted ? 130 : 0;
  } catch (error) {
    if (io.signal.aborted) return 130;
    throw error;
  }
}

/** How an answer is printed: for a person, as its whole document, or as the chapter of its command says. */
type Form = "text" | "json" | "habit";

/**
 * What decides how an answer is printed: the flags, else CONVEYOR_OUTPUT, else the configuration, else whether a person is looking; what is no
 * terminal gets what it always got (spec 10.2). Throws `usage` for an unknown word in CONVEYOR_OUTPUT.
 */
function formOf({ output, operation }: ParsedCall, { env, stdout }: Io, habit = ""): Form {
  const wanted = output === "default" ? env["CONVEYOR_OUTPUT"] || habit : output;
  if (wanted === "human") return "text";
  if (wanted === "json") return "json";
  if (wanted !== "") {
    throw usageError(`CONVEYOR_OUTPUT is ${quote(wanted)}`, "set it to json or human, or leave it empty", {
      values: ["json", "human"],
    });
  }
  return operation.prints === "text" || stdout.isTerminal ? "text" : "habit";
}

function textOf({ text = renderGeneric }: Partial<Presentation>, output: unknown, view: View): string {
  return text(harmless(output), view);
}

function documentOf({ operation }: ParsedCall, form: Form, value: unknown): string {
  const asLines = operation.prints === "lines" && form === "habit" && Array.isArray(value);
  return asLines ? (value as unknown[]).map(jsonLine).join("") : jsonDocument(value);
}

function warningsOf(output: unknown): string[] {
  const warnings = (output as { warnings?: unknown } | null)?.warnings;
  return Array.isArray(warnings) ? warnings.filter((own) => typeof own === "string") : [];
}
