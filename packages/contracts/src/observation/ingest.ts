import { z } from "zod";
import { sessionArgument } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME, ROLLOUT } from "../refusals.ts";
import { ingestReport } from "./entities.ts";

/** `ingest SESSION` (spec 02 §8.1). */
export const ingest = operation({
  path: "observation.ingest",
  kind: "mutation",
  summary: "Read what is new in a session's rollout",
  ledger: "write",
  refuses: [...BY_NAME, ...ROLLOUT, "conflict"],
  cli: {
    command: "ingest",
    place: 10,
    prints: "json",
    examples: ["ingest auth-worker", "ingest auth-worker --follow-thread"],
    notes:
      "thread_switch names the thread that the agent seems to have gone on to (after /clear or /new); --follow-thread makes the session follow it.",
  },
  input: z.object({
    session: sessionArgument,
    follow_thread: z.boolean().optional().describe("go on with the thread that thread_switch reports"),
    limit_bytes: z
      .int()
      .min(1)
      .max(Number.MAX_SAFE_INTEGER)
      .optional()
      .describe("read at most this many bytes, but at least one record"),
  }),
  output: ingestReport.extend({ session: z.string() }),
});
