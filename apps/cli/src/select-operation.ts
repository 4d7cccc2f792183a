import { nearest } from "@conveyor/contracts/nearest";
import { flagNames, splitArguments } from "./arguments.ts";
import { type CommandSpec, GLOBAL_FLAGS, type OperationSpec } from "./manifest.ts";
import { usageError } from "./usage-error.ts";
import { quote } from "./values.ts";

/** How an operation is typed: `tasks --create`, `commands retry`, `dispatch status --follow`. */
export function operationWords(spec: Pick<CommandSpec, "command">, operation: OperationSpec): string {
  const words = [spec.command];
  if (operation.action !== undefined) words.push(operation.action);
  if (operation.select !== null) words.push(`--${operation.select}`);
  return words.join(" ");
}

/** The operation that the bare command means; a command that always needs a word or flag shows its first one instead. */
export function standardOperation({ operations }: CommandSpec): OperationSpec {
  const bare = operations.find(({ action, select }) => action === undefined && select === null);
  return bare ?? (operations[0] as OperationSpec);
}

/** The words of which one may follow the command. */
export function actionsOf({ operations }: CommandSpec): string[] {
  return [...new Set(operations.flatMap(({ action }) => action ?? []))];
}

/** Whether a word after the command means this operation. */
export function isWordOf({ action, action_aliases = [] }: OperationSpec, word: string): boolean {
  return word === action || action_aliases.includes(word);
}

/**
 * The operation of a command that is asked for: of `among`, by default those that its first word means, the one whose selecting
 * flag is there, otherwise the one without. Throws `usage` when several are asked for, or none where one must be.
 */
export function selectOperation(
  spec: CommandSpec,
  argv: readonly string[],
  among: readonly OperationSpec[] = operationsByWord(spec, argv),
): OperationSpec {
  return selectByFlag(spec, among, argv);
}

function operationsByWord(spec: CommandSpec, argv: readonly string[]): readonly OperationSpec[] {
  const actions = actionsOf(spec);
  if (actions.length === 0) return spec.operations;
  const known = [...spec.operations.flatMap(({ flags }) => flags), ...GLOBAL_FLAGS];
  const [word] = splitArguments(argv, known).positionals;
  const meant = word === undefined ? [] : spec.operations.filter((operation) => isWordOf(operation, word));
  if (meant.length > 0) return meant;
  const bare = spec.operations.filter(({ action }) => action === undefined);
  const isArgument = bare.some((operation) => operation.arguments.length > 0);
  if (bare.length > 0 && (word === undefined || isArgument)) return bare;
  if (word !== undefined) throw noSuchWord(spec, word);
  throw usageError(`${spec.command} needs one of ${actions.join(", ")}`, undefined, { one_of: actions });
}

/** What is said of a word after the command that is none of its own. */
export function noSuchWord(spec: CommandSpec, word: string): Error {
  const actions = actionsOf(spec);
  const shown_by = spec.operations.find(({ looked_for_as = [] }) => looked_for_as.includes(word));
  const near = shown_by === undefined ? nearest(word, actions) : undefined;
  const all = `it is followed by one of ${actions.join(", ")}`;
  const hint =
    shown_by === undefined
      ? near === undefined
        ? all
        : `did you mean ${near}?`
      : `${word} are shown by \`${operationWords(spec, shown_by)}\`; ${all}`;
  return usageError(`${spec.command} has no subcommand ${quote(word)}`, hint, { one_of: actions });
}

function selectNames(operation: OperationSpec): string[] {
  const flag = operation.flags.find((own) => own.flag === operation.select);
  return flag === undefined
    ? []
    : [flag.flag, ...(flag.aliases ?? []), ...(flag.short === undefined ? [] : [flag.short])];
}

function selectByFlag(spec: CommandSpec, operations: readonly OperationSpec[], argv: readonly string[]): OperationSpec {
  const given = new Set(flagNames(argv));
  const asked = operations.filter((operation) => selectNames(operation).some((name) => given.has(name)));
  if (asked.length === 1) return asked[0] as OperationSpec;
  if (asked.length === 0) {
    // A noun without a verb lists.
    const lists = operations.find(({ select, kind }) => select === "list" && kind === "query");
    const standard = operations.find(({ select }) => select === null) ?? lists;
    if (standard !== undefined) return standard;
    const { action } = operations[0] as OperationSpec;
    const name = action === undefined ? spec.command : `${spec.command} ${action}`;
    throw usageError(`${name} needs one of ${listSelects(operations)}`, undefined, {
      one_of: operations.map(({ select }) => select),
    });
  }
  const fitting = asked.filter((operation) => {
    const own = new Set(operation.flags.map(({ flag }) => flag));
    return asked.every(({ select }) => own.has(select as string));
  });
  if (fitting.length === 1) return fitting[0] as OperationSpec;
  throw usageError(`${listSelects(asked)} cannot be used together`, "give exactly one of them", {
    one_of: asked.map(({ select }) => select),
  });
}

function listSelects(operations: readonly OperationSpec[]): string {
  return operations.map(({ select }) => `--${select}`).join(", ");
}
