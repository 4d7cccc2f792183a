import { z } from "zod";
import { operation } from "../operation.ts";
import { BY_NAME, TMUX } from "../refusals.ts";
import { thingArgument } from "./entities.ts";

/** `attach REF` (spec 10.3). */
export const attach = operation({
  path: "everyday.attach",
  kind: "query",
  summary: "Look into the terminal of a session or of a task's worker",
  ledger: "read",
  refuses: [...BY_NAME, ...TMUX],
  cli: {
    command: "attach",
    place: 80,
    prints: "text",
    here: true,
    examples: ["attach auth-worker", "attach auth --json"],
    notes: "Without a terminal of its own the command says what to type in one. Ctrl-b d leaves.",
  },
  input: z.object({ ref: thingArgument }),
  output: z.object({
    session: z.string(),
    tmux_session: z.string(),
    attach_command: z.string(),
    argv: z.array(z.string()).describe("the program that shows it, with its arguments"),
  }),
});
