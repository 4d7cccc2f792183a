import { basename } from "node:path";

const SHELLS: ReadonlySet<string> = new Set([
  ...[
    "sh",
    "bash",
    "zsh",
    "dash",
    "ash",
    "ksh",
    "mksh",
    "fish",
    "csh",
    "tcsh",
    "nu",
    "elvish",
    "xonsh",
    "pwsh",
    "busybox",
  ],
]);

/** Options of shells that take the next word. */
const TAKES_A_WORD: ReadonlySet<string> = new Set(["-o", "+o", "-O", "+O", "--rcfile", "--init-file"]);

/**
 * Whether these are the words of a shell that carries out what is typed: one that was given neither a script nor a command
 * to run. A login shell's name begins with a dash. Pure.
 */
export function isInteractiveShell(argv: readonly string[]): boolean {
  const [program = "", ...words] = argv;
  if (!SHELLS.has(basename(program).replace(/^-/, ""))) return false;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    if (/^-[a-z]*i/.test(word) || word === "--interactive") return true;
    if (/^-[a-z]*c/.test(word) || word === "--command") return false;
    if (TAKES_A_WORD.has(word)) index += 1;
    else if (!/^[-+]/.test(word)) return false;
  }
  return true;
}
