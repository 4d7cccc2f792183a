import { z } from "zod";
import { listOf, oneOrMoreRows, reference } from "../bounds.ts";
import { role } from "../common.ts";
import { LIST_ROWS } from "../limits.ts";
import { operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import { sessionListItem } from "./entities.ts";

/** `sessions` (spec 01 §6.6). */
export const list = operation({
  path: "sessions.list",
  kind: "query",
  summary: "List sessions in order of first registration",
  ledger: "read",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS],
  cli: {
    command: "sessions",
    place: 40,
    prints: "json",
    examples: ["sessions --role worker", "sessions --state all --name auth-worker"],
  },
  input: z.object({
    role: role.optional().describe("only sessions of this role"),
    state: z.enum(["active", "gone", "all"]).optional().describe("default: active, without legacy ones"),
    include_legacy: z.boolean().default(false).describe("also legacy sessions in the default or active view"),
    name: listOf(reference).default([]).describe("only sessions of these names"),
    redact_identity_token: z
      .boolean()
      .default(false)
      .describe("accepted for older callers: identity tokens are never shown"),
    limit: oneOrMoreRows.optional().describe(`at most this many; default ${LIST_ROWS}`),
    after: reference.optional().describe("go on after this session: the id of the last one of the list before"),
  }),
  output: z.array(sessionListItem),
});
