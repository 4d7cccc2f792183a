import { shellQuote } from "@conveyor/contracts/shell-quote";
import { type CompletedCommand, namesCommand, PROGRAMS } from "./words.ts";

/** A `word:explanation` pair for `_describe`, quoted for zsh. */
function described(word: string, help: string): string {
  return shellQuote(`${word.replaceAll(":", "\\:")}:${help}`);
}

/** The completion script for zsh, to be sourced or put into a folder of fpath as `_conveyor`. */
export function zshScript(commands: readonly CompletedCommand[]): string {
  const values = commands.flatMap(({ command, flags }) =>
    flags
      .filter((flag) => flag.values.length > 0)
      .map(({ flag, values }) => `    "${command} --${flag}") compadd -- ${values.join(" ")}; return ;;`),
  );
  const files = commands.flatMap(({ command, flags }) =>
    flags.filter(({ path }) => path).map(({ flag }) => `    "${command} --${flag}") _files; return ;;`),
  );
  const free = commands.flatMap(({ command, flags }) =>
    flags
      .filter((flag) => flag.takesValue && flag.values.length === 0 && !flag.path && flag.names === undefined)
      .map(({ flag }) => `    "${command} --${flag}") return ;;`),
  );
  const add = (kind: string) => `compadd -- \${(f)"$(${namesCommand(`"\${words[1]}"`, kind)})"}`;
  const named = commands.flatMap(({ command, flags }) =>
    flags.flatMap(({ flag, names }) =>
      names === undefined ? [] : [`    "${command} --${flag}") ${add(names)}; return ;;`],
    ),
  );
  const lists = commands.map(({ command, flags, words, names }) => {
    const choices = [
      ...words.map((word) => described(word, "")),
      ...flags.map(({ flag, help }) => described(`--${flag}`, help)),
    ];
    const asked = names.map((kind) => `; [[ "$PREFIX" == -* ]] || ${add(kind)}`).join("");
    return `    ${command}) choices=(${choices.join(" ")})${asked} ;;`;
  });
  return `#compdef ${PROGRAMS.join(" ")}
# zsh completion for ${PROGRAMS.join(" and ")}
_conveyor() {
  local -a choices
  if (( CURRENT == 2 )); then
    choices=(${commands.map(({ command, summary }) => described(command, summary)).join(" ")})
    _describe command choices
    return
  fi
  case "\${words[2]} \${words[CURRENT-1]}" in
${[...values, ...files, ...free, ...named].join("\n")}
  esac
  case "\${words[2]}" in
${lists.join("\n")}
  esac
  _describe choice choices
}
if [[ "\${zsh_eval_context[-1]}" == loadautofunc ]]; then
  _conveyor "$@"
else
  compdef _conveyor ${PROGRAMS.join(" ")}
fi
`;
}
