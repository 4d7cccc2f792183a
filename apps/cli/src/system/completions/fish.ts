import { type CompletedCommand, type CompletedFlag, PROGRAMS } from "./words.ts";

const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

function flagLine(command: string, { flag, help, takesValue, values, path }: CompletedFlag): string {
  const value = !takesValue ? "" : path ? " -r -F" : values.length > 0 ? ` -x -a ${quoted(values.join(" "))}` : " -x";
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
  const flags = commands.flatMap(({ command, flags: own }) => own.map((flag) => flagLine(command, flag)));
  return `# fish completion for ${PROGRAMS.join(" and ")}
for program in ${PROGRAMS.join(" ")}
  complete -c $program -f
${[...names, ...words, ...flags].join("\n")}
end
`;
}
