import { type LineWords, typedLine } from "../act/line-words.ts";
import type { PageField, PageInput, PageOperation } from "./page-operation.ts";

/** The command line that does the same when somebody pastes it into a shell. Pure. */
export function operationLine(operation: PageOperation, input: PageInput): string {
  const { command, action, fields } = operation;
  const flags = fields
    .filter(({ flag, swallows }) => flag !== null && !swallows)
    .flatMap((one) => flagWords(one, input));
  const swallowed = fields.filter(({ swallows }) => swallows).flatMap((one) => swallowedWords(one, input));
  const rest = fields.filter(({ rest }) => rest).flatMap(({ field }) => wordsIn(input[String(field)]));
  const alone = fields
    .filter(({ flag, rest }) => flag === null && !rest)
    .flatMap(({ field }) => wordsIn(input[String(field)]));
  // What begins with a dash would be read as a flag where it stands alone.
  const dashed = alone.some((word) => String(word).startsWith("-"));
  return typedLine([
    command,
    ...(action === null ? [] : [action]),
    ...selecting(operation),
    ...flags,
    ...(dashed ? ["--"] : []),
    ...alone,
    ...(rest.length === 0 ? [] : dashed ? rest : ["--", ...rest]),
    ...swallowed,
  ]);
}

/** A switch that only says which operation is meant. */
function selecting({ select, fields }: PageOperation): LineWords {
  const isSwitch = fields.some(({ field, flag }) => field === null && flag === select);
  return select !== null && isSwitch ? [`--${select}`] : [];
}

function flagWords(one: PageField, input: PageInput): LineWords {
  const { field, flag, type } = one;
  const value = field === null ? undefined : input[field];
  if (value === undefined) return [];
  if (type === "boolean") return value === true ? [`--${flag}`] : one.default === true ? [`--no-${flag}`] : [];
  return wordsIn(type === "json" ? JSON.stringify(value) : value).flatMap((word) =>
    // A value that begins with a dash is glued to its flag, as it would be read as the next one.
    String(word).startsWith("-") ? [`--${flag}=${word}`] : [`--${flag}`, word],
  );
}

function swallowedWords({ field, flag }: PageField, input: PageInput): LineWords {
  const words = field === null ? [] : wordsIn(input[field]);
  return words.length === 0 ? [] : [`--${flag}`, ...words];
}

function wordsIn(value: unknown): LineWords {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map((one) => (typeof one === "number" ? one : String(one)));
}
