import { basename, join } from "node:path";
import type { StartableAgent } from "@conveyor/host";
import { scribbleRecords } from "./records.ts";
import { scribblePane } from "./screen.ts";

/**
 * A second kind of agent, which nothing but this folder knows: it starts, records itself and looks unlike Codex. What core
 * does with it shows that core knows no kind.
 */
export function scribbleAgent(home: string): StartableAgent {
  return {
    kind: "scribble",
    title: "Scribble",
    home,
    capabilities: {},
    isProgram: (argv) => argv.slice(0, 2).some((word) => basename(word) === "scribble"),
    launch: {
      program: "scribble",
      install: "write it",
      argv: async ({ command, prompt = "" }) => [...command, "--note", prompt],
      rights: () => ({ sandbox: "none", ask_for_approval: "never" }),
      plainArgv: ({ program, args }) => [program, ...args],
      preflight: async ({ path }) => ({
        installed: { name: "scribble", ok: path !== null, path, remedy: "write it" },
        runs: null,
        advice: [],
      }),
      extensionsIn: () => ({ skills: join(home, "skills"), plugin_cache: join(home, "plugins"), plugin_manifests: [] }),
      environment: () => ({ SCRIBBLE_HOME: home }),
    },
    records: scribbleRecords(home),
    pane: scribblePane,
  };
}
