import { ConveyorError } from "@conveyor/contracts/errors";
import { parse } from "shell-quote";

/** Whole words and quotes, nothing that only a shell can do with backquotes or several lines. */
const WHOLE = /^(?:[^'"\\`\n]|'[^']*'|"(?:[^"\\`]|\\[^\n])*"|\\[^\n])*$/;

/**
 * The words of a command as a POSIX shell would split them, and nothing else that a shell does (spec 09 §9.4). Pure. Throws
 * `invalid_input` for what would need a shell: variables, patterns, pipes, redirections, several commands, open quotes.
 */
export function argvOf(text: string): string[] {
  if (!WHOLE.test(text)) throw needsShell("it has an open quote, a backquote or several lines");
  const parsed = parse(text, (name) => ({ op: `$${name}` }));
  const words = parsed.map((word) => {
    if (typeof word === "string") return word;
    if ("comment" in word) throw needsShell(`#${word.comment} would be a comment`);
    throw needsShell(`${"pattern" in word ? word.pattern : word.op} means something to a shell`);
  });
  const [first] = words;
  if (first === undefined || first === "") throw needsShell("it names no program");
  if (/^[A-Za-z_]\w*=/.test(first)) throw needsShell(`${first} would set a variable`);
  if (/(?:^|\s)~/.test(text)) throw needsShell("~ means a home folder to a shell");
  return words;
}

function needsShell(why: string): ConveyorError {
  return new ConveyorError("invalid_input", `check: no shell reads the command, and ${why}`, {
    hint: "ask for a shell in so many words: `conveyor checks add TASK --criterion ID --name NAME -- bash -lc '…'`",
    details: { field: "check" },
  });
}
