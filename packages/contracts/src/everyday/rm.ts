import { z } from "zod";
import { operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import { thing, thingArgument } from "./entities.ts";

/** `rm REF` (spec 10.3). */
export const rm = operation({
  path: "everyday.rm",
  kind: "mutation",
  summary: "End what Conveyor started and forget what it registered; what it did not make stays",
  ledger: "write",
  refuses: [
    ...BY_NAME,
    ...RUNS_PROGRAMS,
    "confirmation_required",
    "conflict",
    "gate_failed",
    "terminal_state",
    "tmux_timeout",
  ],
  cli: {
    command: "rm",
    place: 100,
    prints: "json",
    examples: ["rm auth-worker", "rm auth --yes"],
    notes: [
      "A session: its binding ends, its terminal is stopped if Conveyor started it, and it is marked gone. A task: closed at",
      "once, and the same with its sessions. A command that nobody has begun: cancelled. Records stay: `prune` drops content.",
    ].join("\n"),
  },
  input: z.object({
    ref: thingArgument,
    yes: z.boolean().default(false).describe("do not ask; needed where there is no terminal"),
  }),
  output: z.object({
    about: thing,
    done: z.array(z.string()).describe("what was ended or forgotten, in order"),
    kept: z.array(z.string()).describe("what was left alone, and why"),
  }),
});
