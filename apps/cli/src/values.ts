import { isAbsolute, resolve } from "node:path";
import { ConveyorError } from "@conveyor/contracts/errors";
import { isDeeperThan, JSON_LEVELS } from "@conveyor/contracts/limits";
import { nearest } from "@conveyor/contracts/nearest";
import type { ValueSpec } from "./manifest.ts";
import { usageError } from "./usage-error.ts";

/** Where relative file names and `~` point. */
export interface Place {
  cwd: string;
  home: string;
}

/** A file name as the caller means it, made absolute. Only `~` and `~/…` expand (spec 01 §4.2). */
export function absolutePath(value: string, { cwd, home }: Place): string {
  if (value === "~") return home;
  if (value.startsWith("~/")) return resolve(home, value.slice(2));
  return isAbsolute(value) ? value : resolve(cwd, value);
}

const WHOLE = /^[+-]?\d+$/;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Turn the text of a value into the value. `label` is how the user wrote it (`--limit`, `<task>`).
 * Throws `usage` for a wrong type or a word outside an enumeration, `invalid_input` for text that is not JSON.
 */
export function readValue(spec: ValueSpec, label: string, text: string, place: Place): unknown {
  switch (spec.type) {
    case "integer":
      if (!WHOLE.test(text)) throw usageError(`${label} takes a whole number, not ${quote(text)}`);
      if (!Number.isSafeInteger(Number(text))) throw usageError(`${label}: ${text} is too large`);
      return Number(text);
    case "number":
      if (!DECIMAL.test(text) || !Number.isFinite(Number(text))) {
        throw usageError(`${label} takes a number, not ${quote(text)}`);
      }
      return Number(text);
    case "json":
      return parseJson(text, label);
    case "boolean":
      if (text === "true" || text === "false") return text === "true";
      throw usageError(`${label} takes no value`, `write just ${label}`);
    case "string":
      if (spec.values && !spec.values.includes(text)) throw wrongWord(spec.values, label, text);
      return spec.path ? absolutePath(text, place) : text;
  }
}

/** Parse JSON that a user wrote; `source` is named in the `invalid_input` that bad text causes. */
export function parseJson(text: string, source: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const example = '\'{"key": "value"}\'';
    const reason = text.trim() === "" ? "it is empty" : (error as Error).message.split("\n", 1)[0];
    throw invalid(`${source} is not valid JSON: ${reason}`, `give one JSON document, such as ${example}`);
  }
  // What is nested deeper could not even be sent.
  if (!isDeeperThan(value, JSON_LEVELS, { values: text.length })) return value;
  throw invalid(`${source} is nested deeper than ${JSON_LEVELS} levels`, "name a file that holds it instead");
}

function invalid(message: string, hint: string): ConveyorError {
  return new ConveyorError("invalid_input", message, { hint });
}

function wrongWord(values: readonly string[], label: string, text: string): Error {
  const near = nearest(text, values);
  return usageError(
    `${label}: ${quote(text)} is not one of ${values.join(", ")}`,
    near === undefined ? undefined : `did you mean ${near}?`,
    { values },
  );
}

/** A value in an error message: quoted, on one line, and never longer than a line. */
export function quote(text: string): string {
  const quoted = JSON.stringify(text);
  return quoted.length > 80 ? `${quoted.slice(0, 76)}…"` : quoted;
}
