import { z } from "zod";
import { role, sessionRef, taskRef } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { inboxItem } from "./entities.ts";

/**
 * `session-inbox --follow` (spec 03 §13 item 5): first what is delivered and unconsumed, then every item as it is
 * delivered. Name a session, or a task and one of its roles.
 */
export const onItem = operation({
  path: "inbox.onItem",
  kind: "subscription",
  summary: "Follow the items of a session as they are delivered",
  ledger: "read",
  refuses: [...BY_NAME, "no_active_binding", "terminal_state"],
  shows_content: true,
  cli: {
    command: "session-inbox",
    place: 70,
    select: "follow",
    prints: "lines",
    examples: ["session-inbox auth-worker --follow"],
  },
  input: z.object({
    session: cli(sessionRef.optional(), { position: 0, placeholder: "session" }),
    task: taskRef.optional().describe("instead of the session: the task whose worker or manager is meant"),
    role: role.optional().describe("with --task: which of the two"),
  }),
  output: inboxItem,
});
