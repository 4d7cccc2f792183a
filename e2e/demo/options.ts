import { parseArgs } from "node:util";

export interface DemoOptions {
  /** The worker is the real Codex, its model a scripted one on this machine. */
  codex: boolean;
  /** Also open the web page, and stay until the person has seen it. */
  open: boolean;
  help: boolean;
}

export const USAGE = `usage: npx --yes pnpm@12 demo [--codex] [--open]

A manager supervises a worker from the first message to the finished task, on real parts.
  --codex  the worker is the real Codex CLI (downloaded from npm when missing, about 400 MB), its model a scripted one
  --open   open the web page too, and stay until Enter is pressed
`;

/** Read the command line. Throws on an unknown flag. */
export function readOptions(argv: readonly string[]): DemoOptions {
  const switches = {
    codex: { type: "boolean" },
    open: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  } as const;
  const { values } = parseArgs({ args: argv.filter((argument) => argument !== "--"), options: switches });
  return { codex: values.codex === true, open: values.open === true, help: values.help === true };
}
