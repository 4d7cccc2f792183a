import { existsSync } from "node:fs";
import type { AgentLaunch } from "../agent.ts";
import { codexExtensions } from "./extensions.ts";
import { codexHelp } from "./help.ts";
import { codexPreflight } from "./preflight.ts";
import { codexRights, codexStartArgv } from "./start.ts";

/** How Codex is started whose home is this folder (spec 01 §5.3, §5.4, §7.1). */
export function codexLaunch(home: string): AgentLaunch {
  return {
    program: "codex",
    install: "install the Codex CLI (npm install -g @openai/codex)",
    argv: async (request, probe) => codexStartArgv(request, await codexHelp(request.command[0] ?? "codex", probe)),
    rights: codexRights,
    preflight: codexPreflight,
    extensionsIn: codexExtensions,
    plainArgv: ({ program, cwd, args, prompt }) => {
      const words = prompt === null ? [] : promptWords(prompt, args);
      return [program, "--cd", cwd, "--no-alt-screen", ...args, ...words];
    },
    environment: ({ CODEX_HOME }) => {
      // Codex refuses a home that is named and does not exist, but makes the one it would choose itself.
      const isNamed = (CODEX_HOME ?? "") !== "" || existsSync(home);
      return { CODEX_HOME: isNamed ? home : undefined };
    },
  };
}

/** A flag that takes several values, such as --image, would take the prompt for one of them. */
function promptWords(prompt: string, args: readonly string[]): string[] {
  return args.includes("--") ? [prompt] : ["--", prompt];
}
