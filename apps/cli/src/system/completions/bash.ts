import { type CompletedCommand, PROGRAMS } from "./words.ts";

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
      .filter((flag) => flag.takesValue && flag.values.length === 0 && !flag.path)
      .map(({ flag }) => `    "${command} --${flag}") return ;;`),
  );
  const flagLists = commands.map(
    ({ command, flags, words }) =>
      `    ${command}) words="${[...words, ...flags.map(({ flag }) => `--${flag}`)].join(" ")}" ;;`,
  );
  return `# bash completion for ${PROGRAMS.join(" and ")}
_conveyor() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ command }) => command).join(" ")} --help --version" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]} $previous" in
${[...values, ...files, ...free].join("\n")}
  esac
  [ -n "$words" ] || case "\${COMP_WORDS[1]}" in
${flagLists.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _conveyor ${PROGRAMS.join(" ")}
`;
}
