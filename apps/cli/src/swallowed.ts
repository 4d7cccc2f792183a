import type { CommandSpec } from "./manifest.ts";

/** A command line cut in two at a flag that takes all that follows. */
export interface CutArguments {
  /** What is read as arguments of the command. */
  own: readonly string[];
  /** The field that takes the rest, and the rest as it stands there; absent when there is no such flag. */
  swallowed?: { field: string; values: string[] } | undefined;
}

/**
 * Cut a command line where a flag of the command takes all that follows for another program: nothing of it is read as ours,
 * `--json` and `--help` neither. A `--` right behind the flag is left out (spec 04 §4.12).
 */
export function cutAtSwallowing({ operations }: CommandSpec, argv: readonly string[]): CutArguments {
  for (const { flag, field, swallows } of operations.flatMap(({ flags }) => flags)) {
    if (swallows !== true || field === null) continue;
    const at = argv.findIndex((argument) => argument === `--${flag}` || argument.startsWith(`--${flag}=`));
    if (at === -1) continue;
    const [, inline] = (argv[at] as string).split(/=(.*)/s);
    const rest = argv.slice(at + 1);
    const values = inline === undefined ? (rest[0] === "--" ? rest.slice(1) : rest) : [inline, ...rest];
    return { own: argv.slice(0, at), swallowed: { field, values } };
  }
  return { own: argv };
}
