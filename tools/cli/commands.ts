import { type CommandSpec, type FlagSpec, GLOBAL_FLAGS, type OperationSpec } from "../../apps/cli/src/manifest.ts";
import { operationWords } from "../../apps/cli/src/select-operation.ts";
import { areas } from "../../packages/contracts/src/generated/areas.ts";
import { type AnyOperation, allOperations, type Shorthand } from "../../packages/contracts/src/index.ts";
import { describeInput } from "./describe.ts";

/**
 * Every command with its operations, derived from the declared operations, in the order that areas and operations give
 * themselves. Throws when two declarations contradict.
 */
export function describeCommands(operations: readonly AnyOperation[] = allOperations()): CommandSpec[] {
  const byCommand = new Map<string, AnyOperation[]>();
  for (const operation of inOrder(operations)) {
    const { command } = operation.cli;
    byCommand.set(command, [...(byCommand.get(command) ?? []), operation]);
  }
  return [...byCommand].map(([command, own]) => describeCommand(command, own));
}

/** The short words of operations, in their order. Throws when one is the name of a command. */
export function describeShorthands(
  operations: readonly AnyOperation[] = allOperations(),
): (Shorthand & { command: string })[] {
  const commands = new Set(operations.flatMap(({ cli }) => [cli.command, ...(cli.aliases ?? [])]));
  return inOrder(operations).flatMap(({ cli: { command, shorthand } }) => {
    if (shorthand === undefined) return [];
    if (commands.has(shorthand.name)) throw new Error(`${shorthand.name} is the name of a command already`);
    return [{ ...shorthand, command }];
  });
}

function inOrder(operations: readonly AnyOperation[]): AnyOperation[] {
  const places = new Map(areas.map(({ name, order }) => [name, order]));
  const areaOf = ({ path }: AnyOperation) => places.get(path.split(".", 1)[0] as string) ?? Number.MAX_SAFE_INTEGER;
  const placeOf = ({ cli }: AnyOperation) => cli.place ?? Number.MAX_SAFE_INTEGER;
  return operations.toSorted((a, b) => areaOf(a) - areaOf(b) || placeOf(a) - placeOf(b));
}

function describeCommand(command: string, operations: AnyOperation[]): CommandSpec {
  const described = operations.map(describeOperation);
  const names = described.map((operation) => operationWords({ command }, operation));
  if (new Set(names).size !== names.length) {
    throw new Error(`two operations of the command ${command} are selected the same way`);
  }
  const aliases = [...new Set(operations.flatMap(({ cli }) => cli.aliases ?? []))];
  const area = (operations[0] as AnyOperation).path.split(".", 1)[0] as string;
  return { command, area, ...(aliases.length > 0 && { aliases }), operations: described };
}

function describeOperation(operation: AnyOperation): OperationSpec {
  const { path, kind, ledger, summary, cli } = operation;
  const described = describeInput(operation.input.shape);
  const flags = withSelect(described.flags, operation);
  checkFlags(path, flags);
  return {
    path,
    kind,
    ledger,
    prints: cli.prints,
    ...(cli.here && { here: true as const }),
    ...(cli.action !== undefined && { action: cli.action }),
    ...(cli.action_aliases !== undefined && { action_aliases: cli.action_aliases }),
    ...(cli.looked_for_as !== undefined && { looked_for_as: cli.looked_for_as }),
    select: cli.select ?? null,
    summary,
    flags,
    arguments: described.arguments,
    ...(cli.notes !== undefined && { notes: cli.notes }),
    ...(cli.examples && { examples: cli.examples }),
  };
}

/** Every stream is asked for with the first of these; the second is its older name. */
const [FOLLOW, WATCH] = ["follow", "watch"] as const;

/** A selecting flag that is no field of the input (such as `--stop`) is a switch of its own. */
function withSelect(flags: FlagSpec[], { path, kind, cli: { select } }: AnyOperation): FlagSpec[] {
  if (kind === "subscription" && select !== FOLLOW)
    throw new Error(`the stream ${path} is not selected by --${FOLLOW}`);
  if (select === undefined || flags.some(({ flag }) => flag === select)) return flags;
  const help = "this form of the command";
  const own: FlagSpec = { flag: select, field: null, type: "boolean", help, placeholder: "" };
  return [
    kind === "subscription" ? { ...own, help: "go on as things happen", aliases: [WATCH], short: "f" } : own,
    ...flags,
  ];
}

function checkFlags(path: string, flags: readonly FlagSpec[]): void {
  const taken = new Set(GLOBAL_FLAGS.map(({ flag }) => flag));
  for (const name of flags.flatMap(({ flag, aliases }) => [flag, ...(aliases ?? [])])) {
    if (taken.has(name)) throw new Error(`the flag --${name} of ${path} is taken already`);
    taken.add(name);
  }
}
