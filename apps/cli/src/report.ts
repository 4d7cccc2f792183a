import { asConveyorError, type ConveyorError, type ErrorBody, exitCodeOf } from "@conveyor/contracts/errors";
import type { Io } from "./io.ts";
import type { OperationSpec } from "./manifest.ts";
import { jsonDocument } from "./print/json.ts";
import { paletteFor } from "./print/palette.ts";
import { harmless } from "./print/text.ts";
import { environmentTrouble } from "./trouble.ts";

/** What was called when it went wrong, as far as that was known. */
export interface Called {
  program: string;
  command: string;
  operation: OperationSpec | undefined;
}

/**
 * Tell the user what went wrong: one line and a hint, or the error object with `--json`, always on stderr. Returns the
 * exit code. A stack trace is shown only with CONVEYOR_DEBUG (spec 01 §4.5).
 */
export async function reportError(thrown: unknown, io: Io, json: boolean, called?: Called): Promise<number> {
  const interrupted = io.signal.aborted && (io.signal.reason as ConveyorError | undefined)?.code === "interrupted";
  const error = asConveyorError(interrupted ? io.signal.reason : (environmentTrouble(thrown) ?? thrown));
  const body = inFlagNames(error.toBody(), called);
  if (json) await io.stderr.write(jsonDocument({ error: body }));
  else await io.stderr.write(errorText(body, io));
  if ((io.env["CONVEYOR_DEBUG"] ?? "") !== "") await io.stderr.write(`${traceOf(error)}\n`);
  return exitCodeOf(body);
}

function errorText(body: ErrorBody, io: Io): string {
  const colour = paletteFor(io.stderr, io.env);
  const oneLine = (text: string) => harmless(text).replace(/\s*\n\s*/g, " ");
  const hint = body.hint === null ? "" : `${colour.cyan("hint:")} ${oneLine(body.hint)}\n`;
  return `${colour.red("error:")} ${oneLine(body.message)}\n${hint}`;
}

function traceOf(error: ConveyorError): string {
  const causes: string[] = [];
  for (let current: unknown = error; current instanceof Error && causes.length < 5; current = current.cause) {
    causes.push(current.stack ?? String(current));
  }
  return causes.join("\ncaused by: ");
}

/** The schema speaks of fields; a person on the command line knows them as flags and arguments. */
function inFlagNames(body: ErrorBody, called: Called | undefined): ErrorBody {
  const issues = body.details["issues"];
  const operation = called?.operation;
  if (body.code !== "invalid_input" || called === undefined || operation === undefined || !Array.isArray(issues))
    return body;
  const hint = `see \`${called.program} ${called.command} --help\``;
  const first = issues[0] as { field?: unknown; message?: unknown } | undefined;
  const [field, ...rest] = String(first?.field ?? "").split(".");
  const flag = operation.flags.find((own) => own.field === field);
  const argument = operation.arguments.find((own) => own.field === field);
  const label =
    flag !== undefined ? `--${flag.flag}` : argument !== undefined ? `<${argument.placeholder}>` : undefined;
  if (label === undefined) return { ...body, hint };
  const inner = rest.length > 0 && Number.isNaN(Number(rest[0])) ? ` (${rest.join(".")})` : "";
  return { ...body, hint, message: `${label}${inner}: ${String(first?.message)}` };
}
