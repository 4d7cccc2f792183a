import { z } from "zod";
import { role } from "../common.ts";
import { operation } from "../operation.ts";
import { RUNS_PROGRAMS } from "../refusals.ts";
import { sessionListItem } from "./entities.ts";

/** `sessions --follow` (spec 01 §10, spec 06 §6.6.3): first the active sessions, then each that changes, its end included. */
export const onChange = operation({
  path: "sessions.onChange",
  kind: "subscription",
  summary: "Follow sessions as they are registered, bound, live and end",
  ledger: "read",
  refuses: RUNS_PROGRAMS,
  cli: {
    command: "sessions",
    place: 50,
    select: "follow",
    prints: "lines",
    examples: ["sessions --follow --role worker"],
  },
  input: z.object({
    role: role.optional().describe("only sessions of this role"),
    include_legacy: z.boolean().default(false).describe("also legacy sessions"),
  }),
  output: sessionListItem,
});
