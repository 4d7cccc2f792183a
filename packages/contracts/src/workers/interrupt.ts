import { z } from "zod";
import { message, printable } from "../bounds.ts";
import { timestamp } from "../common.ts";
import { content } from "../content.ts";
import { operation } from "../operation.ts";
import { BY_NAME, TYPING } from "../refusals.ts";
import { workerArgument } from "./entities.ts";

/** `interrupt NAME` (spec 01 §7.4, 02 §8.17). */
export const interrupt = operation({
  path: "workers.interrupt",
  kind: "mutation",
  summary: "Interrupt what a worker is doing and ask it to report",
  ledger: "create",
  refuses: [...BY_NAME, ...TYPING, "nothing_to_interrupt"],
  shows_content: true,
  cli: {
    command: "interrupt",
    place: 80,
    prints: "json",
    examples: ["interrupt docs", 'interrupt docs --followup "Stop and show the diff"'],
    notes:
      "A registered session gets its agent's own key and no follow-up unless they are given. Without --key nothing is sent while no turn runs.",
  },
  input: z.object({
    name: workerArgument,
    key: printable(64).optional().describe("tmux name of the key to send; C-c for a worker folder"),
    followup: content(message.optional(), "message").describe(
      "text to type afterwards; default: pause and update the status",
    ),
    no_followup: z.boolean().default(false).describe("type nothing afterwards"),
    dry_run: z.boolean().default(false).describe("check everything, but send nothing"),
  }),
  output: z.object({
    name: z.string(),
    kind: z.enum(["folder", "session"]),
    key: z.string(),
    followup: content(z.string().nullable(), "message"),
    dry_run: z.boolean(),
    time: timestamp,
  }),
});
