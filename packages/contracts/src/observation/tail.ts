import { z } from "zod";
import { label, rowCount } from "../bounds.ts";
import { jsonObject, sessionArgument } from "../common.ts";
import { content } from "../content.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";

/** `tail SESSION` (spec 02 §8.2). */
export const tail = operation({
  path: "observation.tail",
  kind: "mutation",
  summary: "Show the latest stored rollout records of a session, newest first",
  ledger: "write",
  refuses: BY_NAME,
  cli: {
    command: "tail",
    place: 20,
    prints: "json",
    examples: ["tail auth-worker --limit 20", "tail auth-worker --subtype UserMessage"],
  },
  input: z.object({
    session: sessionArgument,
    limit: rowCount.default(50).describe("at most this many records"),
    subtype: label.optional().describe("only this event subtype, item type, or an older name of one (agent_message)"),
    include_content: z.boolean().default(false).describe("show the records as they are; meant for redirected output"),
  }),
  output: z.array(
    z.object({
      id: z.int(),
      timestamp: z.string(),
      type: z.string(),
      subtype: z.string().nullable(),
      item_type: z.string().nullable(),
      byte_offset: z.int(),
      payload: content(jsonObject, "rollout"),
    }),
  ),
});
