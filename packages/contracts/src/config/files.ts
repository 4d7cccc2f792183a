import { z } from "zod";
import { printable } from "../bounds.ts";
import { jsonObject } from "../common.ts";
import { cli, operation } from "../operation.ts";

const key = cli(printable(200), { position: 0, placeholder: "key" }).describe(
  "the setting, as `start.timeout_seconds`",
);

const origin = z.enum(["environment", "project", "user", "default"]);

const effective = z.object({
  key: z.string(),
  value: z.unknown().describe("null where nothing says anything"),
  origin,
  file: z.string().nullable().describe("the file that says so"),
  about: z.string(),
});

const change = z.object({ key: z.string(), file: z.string(), changed: z.boolean() });
const project = z.boolean().default(false).describe("in the project's file instead of the user's");

/** `config list` (spec 10.4). */
export const list = operation({
  path: "config.list",
  kind: "local",
  summary: "List every setting with its value and where that comes from",
  ledger: "none",
  cli: {
    command: "config",
    place: 10,
    action: "list",
    prints: "text",
    examples: ["config list", "config list --origin"],
    notes:
      "A flag comes before the environment, that before the project's file, that before the user's, that before the default.",
  },
  input: z.object({ origin: z.boolean().default(false).describe("show where each value comes from") }),
  output: z.array(effective),
});

/** `config get` (spec 10.4). */
export const get = operation({
  path: "config.get",
  kind: "local",
  summary: "Print the value of one setting",
  ledger: "none",
  refuses: ["not_found"],
  cli: { command: "config", place: 20, action: "get", prints: "text", examples: ["config get server.port"] },
  input: z.object({ key }),
  output: effective,
});

/** `config explain` (spec 10.4). */
export const explain = operation({
  path: "config.explain",
  kind: "local",
  summary: "Say of one setting what each place says, and why which one counts",
  ledger: "none",
  refuses: ["not_found"],
  cli: {
    command: "config",
    place: 30,
    action: "explain",
    prints: "text",
    examples: ["config explain agent.codex.sandbox"],
  },
  input: z.object({ key }),
  output: effective.extend({
    places: z.array(
      z.object({
        origin,
        file: z.string().nullable(),
        value: z.unknown(),
        counts: z.boolean(),
        why: z.string().describe("why it counts, or why not"),
      }),
    ),
  }),
});

/** `config set` (spec 10.4). */
export const set = operation({
  path: "config.set",
  kind: "local",
  summary: "Write one setting into the user's file, or the project's; what else stands there stays",
  ledger: "none",
  refuses: ["not_found", "side_effect_failed"],
  cli: { command: "config", place: 40, action: "set", prints: "text", examples: ["config set server.port 8800"] },
  input: z.object({
    key,
    value: cli(printable(1000), { position: 1, placeholder: "value" }).describe("its value"),
    project,
  }),
  output: change.extend({ value: z.unknown() }),
});

/** `config unset` (spec 10.4). */
export const unset = operation({
  path: "config.unset",
  kind: "local",
  summary: "Take one setting out of the user's file, or the project's",
  ledger: "none",
  refuses: ["not_found", "side_effect_failed"],
  cli: { command: "config", place: 50, action: "unset", prints: "text", examples: ["config unset server.port"] },
  input: z.object({ key, project }),
  output: change,
});

/** `config path` (spec 10.4). */
export const path = operation({
  path: "config.path",
  kind: "local",
  summary: "Say where the configuration files are, and whether the project's is trusted",
  ledger: "none",
  cli: { command: "config", place: 60, action: "path", prints: "text", examples: ["config path --json"] },
  input: z.object({}),
  output: z.object({
    user: z.object({ file: z.string(), exists: z.boolean() }),
    project: z.object({ file: z.string(), exists: z.boolean(), trusted: z.boolean() }),
  }),
});

/** `config trust` (spec 10.4). */
export const trust = operation({
  path: "config.trust",
  kind: "local",
  summary: "Let the project's file, as it is now, start programs and widen rights",
  ledger: "none",
  refuses: ["not_found", "side_effect_failed"],
  cli: {
    command: "config",
    place: 70,
    action: "trust",
    prints: "text",
    examples: ["config trust"],
    notes: "The file is remembered by its hash: when it changes, it is not trusted any more.",
  },
  input: z.object({}),
  output: z.object({ file: z.string(), sha256: z.string(), unsafe_keys: z.array(z.string()) }),
});

/** `config schema` (spec 10.4). */
export const schema = operation({
  path: "config.schema",
  kind: "local",
  summary: "Print the JSON Schema of configuration files",
  ledger: "none",
  cli: {
    command: "config",
    place: 80,
    action: "schema",
    prints: "json",
    examples: ["config schema > conveyor.schema.json"],
  },
  input: z.object({}),
  output: jsonObject,
});
