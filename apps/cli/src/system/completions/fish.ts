import { type CompletedCommand, type CompletedFlag, namesCommand, PROGRAMS } from "./words.ts";

const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

/** What fish runs when it needs the words. */
const ask = (kind: string) => quoted(`(env ${namesCommand("conveyor", kind)})`);

function flagLine(command: string, { flag, help, takesValue, values, path, names }: CompletedFlag): string {
  const words = values.length > 0 ? quoted(values.join(" ")) : names === undefined ? undefined : ask(names);
  const value = !takesValue ? "" : path ? " -r -F" : words === undefined ? " -x" : ` -x -a ${words}`;
  return `  complete -c $program -n '__fish_seen_subcommand_from ${command}' -l ${flag}${value} -d ${quoted(help)}`;
}

/** The completion script for fish. */
export function fishScript(commands: readonly CompletedCommand[]): string {
  const names = commands.map(
    ({ command, summary }) => `  complete -c $program -n __fish_use_subcommand -a ${command} -d ${quoted(summary)}`,
  );
  const words = commands
    .filter((own) => own.words.length > 0)
    .map(
      (own) =>
        `  complete -c $program -n '__fish_seen_subcommand_from ${own.command}' -a ${quoted(own.words.join(" "))}`,
    );
  const named = commands.flatMap((own) =>
    own.names.map((kind) => `  complete -c $program -n '__fish_seen_subcommand_from ${own.command}' -a ${ask(kind)}`),
  );
  const flags = commands.flatMap(({ command, flags: own }) => own.map((flag) => flagLine(command, flag)));
  return `# fish completion for ${PROGRAMS.join(" and ")}
for program in ${PROGRAMS.join(" ")}
  complete -c $program -f
${[...names, ...words, ...named, ...flags].join("\n")}
end
`;
}
