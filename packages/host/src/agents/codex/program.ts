import { basename } from "node:path";

/** The native program, also with its platform in its name, and the script that npm installs. */
const PROGRAM = /^codex(?:-[a-z0-9_-]+)?(?:\.js|\.exe)?$/;

/** Whether these are the words of a running Codex, by itself or through the interpreter of its script. Pure. */
export function isCodexProgram(argv: readonly string[]): boolean {
  return argv.slice(0, 2).some((word) => PROGRAM.test(basename(word)));
}
