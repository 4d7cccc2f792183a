import { z } from "zod";
import { sessionArgument, taskArgument } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { inboxDocument, pollFields } from "./entities.ts";

const ofSession = z.object({ session: sessionArgument, ...pollFields });

const ofTask = z.object({ task: taskArgument, ...pollFields });

/** `session-inbox` (spec 03 §7.6). */
export const session = operation({
  path: "inbox.session",
  kind: "query",
  summary: "List the unconsumed items of a session",
  ledger: "read",
  refuses: BY_NAME,
  shows_content: true,
  cli: { command: "session-inbox", place: 10, prints: "text", examples: ["session-inbox auth-worker --json"] },
  input: ofSession,
  output: inboxDocument,
});

/** `manager-inbox` (spec 03 §7.6). */
export const manager = operation({
  path: "inbox.manager",
  kind: "query",
  summary: "List the unconsumed items of a task's manager",
  ledger: "read",
  refuses: [...BY_NAME, "no_active_binding", "terminal_state"],
  shows_content: true,
  cli: {
    command: "manager-inbox",
    place: 20,
    prints: "text",
    examples: ["manager-inbox auth --wait --timeout 60 --json"],
  },
  input: ofTask,
  output: inboxDocument,
});

/** `worker-inbox` (spec 03 §7.6). */
export const worker = operation({
  path: "inbox.worker",
  kind: "query",
  summary: "List the unconsumed items of a task's worker",
  ledger: "read",
  refuses: [...BY_NAME, "no_active_binding", "terminal_state"],
  shows_content: true,
  cli: {
    command: "worker-inbox",
    place: 30,
    prints: "text",
    examples: ["worker-inbox auth --wait --timeout 60 --json"],
  },
  input: ofTask,
  output: inboxDocument,
});
