import { z } from "zod";
import { longSeconds } from "../bounds.ts";
import { sessionArgument, taskArgument } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { inboxDocument, pollFields } from "./entities.ts";

const takeFields = {
  ...pollFields,
  ack_within: longSeconds
    .gt(0)
    .optional()
    .describe("seconds in which it must be answered accepted or blocked, or it goes back; default: it never does"),
};

export type TakeInput = z.output<z.ZodObject<typeof takeFields>>;

const takeOfSession = z.object({ session: sessionArgument, ...takeFields });

const takeOfTask = z.object({ task: taskArgument, ...takeFields });

/** `session-inbox --consume-next` (spec 03 §6.9, §7.6). */
export const takeSession = operation({
  path: "inbox.takeSession",
  kind: "mutation",
  summary: "Take the oldest item of a session",
  ledger: "write",
  refuses: BY_NAME,
  shows_content: true,
  cli: {
    command: "session-inbox",
    place: 40,
    select: "consume-next",
    prints: "text",
    examples: ["session-inbox auth-worker --consume-next --json"],
  },
  input: takeOfSession,
  output: inboxDocument,
});

/** `manager-inbox --consume-next` (spec 03 §6.9, §7.6). */
export const takeManager = operation({
  path: "inbox.takeManager",
  kind: "mutation",
  summary: "Take the oldest item of a task's manager",
  ledger: "write",
  refuses: [...BY_NAME, "no_active_binding", "terminal_state"],
  shows_content: true,
  cli: {
    command: "manager-inbox",
    place: 50,
    select: "consume-next",
    prints: "text",
    examples: ["manager-inbox auth --consume-next --wait --timeout 60 --json"],
  },
  input: takeOfTask,
  output: inboxDocument,
});

/** `worker-inbox --consume-next` (spec 03 §6.9, §7.6). */
export const takeWorker = operation({
  path: "inbox.takeWorker",
  kind: "mutation",
  summary: "Take the oldest item of a task's worker",
  ledger: "write",
  refuses: [...BY_NAME, "no_active_binding", "terminal_state"],
  shows_content: true,
  cli: {
    command: "worker-inbox",
    place: 60,
    select: "consume-next",
    prints: "text",
    examples: [
      "worker-inbox auth --consume-next --wait --timeout 60 --json",
      "worker-inbox auth --consume-next --ack-within 600 --json",
    ],
  },
  input: takeOfTask,
  output: inboxDocument,
});
