import { takesValue } from "../../arguments.ts";
import { type CommandSpec, type FlagSpec, GLOBAL_FLAGS, type ShorthandSpec } from "../../manifest.ts";
import { standardOperation } from "../../select-operation.ts";

export interface CompletedFlag {
  flag: string;
  help: string;
  takesValue: boolean;
  values: readonly string[];
  path: boolean;
}

/** What a shell can offer after one command: the flags of all its operations, and the words of its arguments. */
export interface CompletedCommand {
  command: string;
  summary: string;
  flags: CompletedFlag[];
  words: readonly string[];
}

/** The names under which the program is installed. */
export const PROGRAMS = ["conveyor", "workerctl"] as const;

function completedFlag({ flag, help, values, path, ...spec }: FlagSpec): CompletedFlag {
  return { flag, help, takesValue: takesValue({ flag, help, ...spec }), values: values ?? [], path: path === true };
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
    return { command, summary, flags: [...byName.values()], words: [...words] };
  });
}
