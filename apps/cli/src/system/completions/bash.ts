import { type CompletedCommand, namesCommand, PROGRAMS } from "./words.ts";

/** The completion script for bash 4 and later. */
export function bashScript(commands: readonly CompletedCommand[]): string {
  const values = commands.flatMap(({ command, flags }) =>
    flags
      .filter((flag) => flag.values.length > 0)
      .map(({ flag, values }) => `    "${command} --${flag}") words="${values.join(" ")}" ;;`),
  );
  const files = commands.flatMap(({ command, flags }) =>
    flags
      .filter(({ path }) => path)
      .map(({ flag }) => `    "${command} --${flag}") COMPREPLY=($(compgen -f -- "$current")); return ;;`),
  );
  const free = commands.flatMap(({ command, flags }) =>
    flags
      .filter((flag) => flag.takesValue && flag.values.length === 0 && !flag.path && flag.names === undefined)
      .map(({ flag }) => `    "${command} --${flag}") return ;;`),
  );
  const ask = (kind: string) => `$(${namesCommand(`"\${COMP_WORDS[0]}"`, kind)})`;
  const named = commands.flatMap(({ command, flags }) =>
    flags.flatMap(({ flag, names }) =>
      names === undefined ? [] : [`    "${command} --${flag}") words="${ask(names)}" ; [ -n "$words" ] || return ;;`],
    ),
  );
  // What is asked of the program takes its time, so it is asked only where no flag is begun.
  const flagLists = commands.map(({ command, flags, words, names }) => {
    const plain = [...words, ...flags.map(({ flag }) => `--${flag}`)].join(" ");
    const asked = names.map((kind) => `; [[ "$current" == -* ]] || words="$words ${ask(kind)}"`).join("");
    return `    ${command}) words="${plain}"${asked} ;;`;
  });
  return `# bash completion for ${PROGRAMS.join(" and ")}
_conveyor() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ command }) => command).join(" ")} --help --version" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]} $previous" in
${[...values, ...files, ...free, ...named].join("\n")}
  esac
  [ -n "$words" ] || case "\${COMP_WORDS[1]}" in
${flagLists.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _conveyor ${PROGRAMS.join(" ")}
`;
}
