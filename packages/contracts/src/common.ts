import { z } from "zod";
import { reference } from "./bounds.ts";
import "./wording.ts";
import { cli } from "./operation.ts";

/** UTC, ISO-8601, exactly three fractional digits (spec 00, Time and order). Rows of imported ledgers keep their own text. */
export const timestamp = z
  .string()
  .meta({ id: "Timestamp", description: "UTC time, ISO-8601 with milliseconds and Z" });

/** A task by id, name or unique id prefix (spec 01 §4.7). */
export const taskRef = reference.describe("task id, name or unique id prefix");
/** A session by name, id or unique id prefix. */
export const sessionRef = reference.describe("session name, id or unique id prefix");

/** The task as first positional argument, the commonest shape of a command. */
export const taskArgument = cli(taskRef, { position: 0, placeholder: "task" });
export const sessionArgument = cli(sessionRef, { position: 0, placeholder: "session" });

/** Free JSON object as stored in `*_json` columns. */
export const jsonObject = z.record(z.string(), z.unknown());

/** Names of doubtful but accepted facts, each also printed as one line on stderr (spec 01 §4.5). */
export const warnings = z.array(z.string()).describe("stable names of doubtful but accepted facts");

export const role = z.enum(["worker", "manager"]);
export type Role = z.infer<typeof role>;

export const count = z.int().min(0);

export const taskRefObject = z.object({ id: z.string(), name: z.string() });
