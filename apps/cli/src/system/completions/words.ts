import { takesValue } from "../../arguments.ts";
import { type CommandSpec, type FlagSpec, GLOBAL_FLAGS, type ShorthandSpec } from "../../manifest.ts";
import { standardOperation } from "../../select-operation.ts";

export interface CompletedFlag {
  flag: string;
  help: string;
  takesValue: boolean;
  values: readonly string[];
  path: boolean;
  /** What the program is asked the names of. */
  names: string | undefined;
}

/** What a shell can offer after one command: the flags of all its operations, and the words of its arguments. */
export interface CompletedCommand {
  command: string;
  summary: string;
  flags: CompletedFlag[];
  words: readonly string[];
  /** What its arguments name, when that has names. */
  names: readonly string[];
}

/** The names under which the program is installed. */
export const PROGRAMS = ["conveyor", "workerctl"] as const;

/** Which names a value takes, by what its place is called; contracts call the same things the same. */
const NAMED_BY: Readonly<Record<string, string>> = {
  task: "task",
  session: "session",
  worker: "session",
  manager: "session",
  ref: "thing",
  recipe: "recipe",
  "manager-recipe": "recipe",
  template: "template",
  campaign: "campaign",
};

function namedBy(place: string): string | undefined {
  return Object.hasOwn(NAMED_BY, place) ? NAMED_BY[place] : undefined;
}

/** The command line on which a script asks for names: nothing else is printed, and late ones are none. */
export function namesCommand(program: string, kind: string): string {
  return `CONVEYOR_COMPLETING=1 ${program} names ${kind} --human 2>/dev/null`;
}

function completedFlag({ flag, help, values, path, ...spec }: FlagSpec): CompletedFlag {
  return {
    flag,
    help,
    takesValue: takesValue({ flag, help, ...spec }),
    values: values ?? [],
    path: path === true,
    // A flag of a general name says with its placeholder what it takes.
    names: values ? undefined : (namedBy(flag) ?? (flag === "name" ? namedBy(spec.placeholder) : undefined)),
  };
}

/** What completion knows of every command. */
export function completedCommands(
  specs: readonly CommandSpec[],
  shorthands: Readonly<Record<string, ShorthandSpec>> = {},
): CompletedCommand[] {
  const commands = completedSpecs(specs);
  const short = Object.entries(shorthands).flatMap(([name, { command, summary }]) => {
    const meant = commands.find((own) => own.command === command);
    return meant === undefined ? [] : [{ ...meant, command: name, summary }];
  });
  return [...commands, ...short];
}

function completedSpecs(specs: readonly CommandSpec[]): CompletedCommand[] {
  return specs.map((spec) => {
    const { command, operations } = spec;
    const byName = new Map<string, CompletedFlag>();
    for (const flag of [...operations.flatMap((operation) => operation.flags), ...GLOBAL_FLAGS]) {
      if (!byName.has(flag.flag)) byName.set(flag.flag, completedFlag(flag));
    }
    const words = new Set(
      operations.flatMap(({ action, ...operation }) => [
        ...(action === undefined ? [] : [action]),
        ...operation.arguments.flatMap(({ values }) => values ?? []),
      ]),
    );
    const { summary } = standardOperation(spec);
    const named = new Set(
      operations.flatMap((own) => own.arguments.flatMap(({ placeholder }) => namedBy(placeholder) ?? [])),
    );
    return { command, summary, flags: [...byName.values()], words: [...words], names: [...named] };
  });
}
