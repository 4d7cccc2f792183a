import { z } from "zod";
import { cli, operation } from "../operation.ts";

/** `completions SHELL`: a script for the shell to load. */
export const completions = operation({
  path: "system.completions",
  kind: "local",
  summary: "Print the completion script of a shell",
  ledger: "none",
  cli: {
    command: "completions",
    place: 50,
    prints: "text",
    examples: ["completions bash > ~/.local/share/bash-completion/completions/conveyor", "completions fish | source"],
  },
  input: z.object({
    shell: cli(z.enum(["bash", "zsh", "fish"]), { position: 0 }).describe("the shell to complete in"),
  }),
  output: z.object({ shell: z.string(), script: z.string() }),
});
