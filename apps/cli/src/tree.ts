import { type ArgsDef, type CommandDef, defineCommand } from "citty";
import { takesValue } from "./arguments.ts";
import { furtherNames, specs } from "./generated/index.ts";
import { type CommandSpec, type FlagSpec, GLOBAL_FLAGS, type OperationSpec } from "./manifest.ts";
import { actionsOf, standardOperation } from "./select-operation.ts";

/** Runs a command: one of these operations, or without any the one that the arguments mean. */
export type RunAmong = (spec: CommandSpec, among?: readonly OperationSpec[]) => Promise<void>;

/** The sub-command that stands for none. */
const NO_WORD = "(no word)";

/**
 * All commands as citty's tree: each a sub-command under each of its names, loaded when it is asked for, with the words
 * that may follow it (`commands retry`) as sub-commands of its own. What is at the end of the way goes to `run`, which
 * reads the arguments strictly; from `args` citty learns only which flags take the next word along.
 */
export function commandTree(program: string, run: RunAmong): CommandDef {
  const subCommands = withoutPrototype<() => Promise<CommandDef>>();
  for (const [name, load] of Object.entries(specs)) {
    subCommands[name] = async () => commandNode((await load()).spec, run);
  }
  for (const [name, command] of Object.entries(furtherNames)) {
    subCommands[name] = async () => (subCommands[command] as () => Promise<CommandDef>)();
  }
  return defineCommand({ meta: { name: program }, subCommands });
}

function commandNode(spec: CommandSpec, run: RunAmong): CommandDef {
  const { command: name, aliases, operations } = spec;
  const meta = { name, description: standardOperation(spec).summary, ...(aliases && { alias: [...aliases] }) };
  const actions = actionsOf(spec);
  if (actions.length === 0) return defineCommand({ meta, run: () => run(spec, operations) });
  const subCommands = withoutPrototype<CommandDef>();
  subCommands[NO_WORD] = defineCommand({ meta: { hidden: true }, run: () => run(spec) });
  for (const action of actions) subCommands[action] = actionNode(spec, action, run);
  for (const { action, action_aliases = [] } of operations) {
    for (const other of action_aliases) subCommands[other] = actionNode(spec, action as string, run, { hidden: true });
  }
  return defineCommand({ meta, args: argsOf(operations), subCommands, default: NO_WORD });
}

function actionNode(spec: CommandSpec, action: string, run: RunAmong, more: { hidden?: true } = {}): CommandDef {
  const among = spec.operations.filter((operation) => operation.action === action);
  return defineCommand({
    meta: { name: action, description: (among[0] as OperationSpec).summary, ...more },
    run: () => run(spec, among),
  });
}

/**
 * The flags and arguments of a command with words behind it, which citty reads to find the word. It reads them all once
 * more for nothing at the end of the way, so there are none there; and what is wrong with one is for the strict reading to
 * say, so none is required here and none has a closed set.
 */
function argsOf(among: readonly OperationSpec[]): ArgsDef {
  const args = withoutPrototype<ArgsDef[string]>();
  for (const own of among.flatMap((one) => one.arguments)) {
    args[own.placeholder] = { type: "positional", required: false, description: own.help };
  }
  for (const flag of [...among.flatMap(({ flags }) => flags), ...GLOBAL_FLAGS]) args[flag.flag] = argOf(flag);
  return args;
}

function argOf(flag: FlagSpec): ArgsDef[string] {
  const described = { description: flag.help, ...(flag.aliases && { alias: [...flag.aliases] }) };
  if (!takesValue(flag)) return { type: "boolean", ...described };
  return { type: "string", valueHint: flag.values?.join("|") ?? flag.placeholder, ...described };
}

/** A record in which only what was put there is found: words come from the command line, `constructor` among them. */
function withoutPrototype<Value>(): Record<string, Value> {
  return Object.create(null);
}
