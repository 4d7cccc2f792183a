import { z } from "zod";
import { waitSeconds } from "../bounds.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import { thing, thingArgument } from "./entities.ts";

/** What can be waited for (spec 10.3). */
export const awaited = z.enum(["idle", "done", "attention", "message", "verified"]);

/** `wait REF` (spec 10.3). */
export const wait = operation({
  path: "everyday.wait",
  kind: "mutation",
  summary: "Wait until something holds of a task, session, command or run, and say why it does",
  ledger: "write",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS],
  cli: {
    command: "wait",
    place: 60,
    prints: "text",
    examples: ["wait auth-worker", "wait auth --for verified --timeout 600", "wait command-9c --for done"],
    notes: [
      "idle: the agent works on nothing. done: a task is closed, a command or run has ended, a session has finished a turn.",
      "attention: an agent waits for an answer. message: something lies in the inbox of the session, or of a task's manager.",
      "verified: a task has criteria, and all that count are satisfied. Exit code 124 when the time is over.",
    ].join("\n"),
  },
  input: z.object({
    ref: thingArgument,
    for: cli(awaited, {}).default("idle").describe("what is waited for"),
    timeout: waitSeconds.default(3600).describe("longest wait in seconds; 0 looks once"),
  }),
  output: z.object({
    about: thing,
    for: awaited,
    holds: z.boolean(),
    why: z.string().describe("what makes it hold, or what still keeps it from that"),
    elapsed_seconds: z.number(),
    interrupted: z.boolean().optional(),
  }),
});
