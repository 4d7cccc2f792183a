import { z } from "zod";
import { message, waitSeconds } from "../bounds.ts";
import { warnings } from "../common.ts";
import { content } from "../content.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME, QUEUEING, TYPING } from "../refusals.ts";
import { thingArgument } from "./entities.ts";

/** How far a message has come; each is further than the one before. */
export const sentStage = z.enum(["refused", "queued", "accepted", "seen", "acted", "done"]);
export type SentStage = z.infer<typeof sentStage>;

/** `send REF TEXT` (spec 10.3). */
export const send = operation({
  path: "everyday.send",
  kind: "mutation",
  summary: "Send a message to a session or a task's worker by the best way there is",
  ledger: "write",
  refuses: [...BY_NAME, ...QUEUEING, ...TYPING, "conflict"],
  cli: {
    command: "send",
    place: 50,
    prints: "json",
    examples: ['send auth "Run the parser tests"', "send auth-worker - --when interrupt < plan.md"],
    notes: [
      "The worker of a task gets it as a message of its manager, through Dispatch and its gates; any other session in its terminal.",
      "next_turn waits for the end of a turn that runs, now does not, interrupt ends it first.",
      "accepted: it is in the terminal or the inbox. seen: the agent's own record has it, or it was taken from the inbox.",
      "acted: a turn works on it, or it was acknowledged. done: that turn has ended, or it was accepted.",
      "Exit code 1 when it was refused, 124 when the time is over; it is on its way then all the same.",
    ].join("\n"),
  },
  input: z.object({
    ref: thingArgument,
    text: cli(content(message, "message"), { position: 1, placeholder: "text", dash_reads_stdin: true }).describe(
      "what to say",
    ),
    when: z.enum(["next_turn", "now", "interrupt"]).default("next_turn").describe("what becomes of a turn that runs"),
    wait: z.enum(["seen", "acted", "done"]).optional().describe("return when the message has come so far"),
    timeout: waitSeconds
      .default(600)
      .describe("longest wait in seconds, for the end of a turn and for --wait together"),
  }),
  output: z.object({
    session: z.string(),
    task: z.string().nullable(),
    via: z.enum(["dispatch", "terminal"]),
    command_id: z.string().nullable(),
    notification_id: z.int().nullable(),
    correlation_id: z.string().nullable(),
    stage: sentStage,
    why: z.string().nullable().describe("why it was refused or is still queued"),
    elapsed_seconds: z.number(),
    timed_out: z.boolean(),
    warnings,
  }),
});
