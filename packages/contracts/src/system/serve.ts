import { z } from "zod";
import { timestamp } from "../common.ts";
import { operation } from "../operation.ts";

/** What is known of the server of a ledger; all but `running` and the ledger is null when none runs. */
const serverState = z.object({
  running: z.boolean(),
  answers: z.boolean().describe("whether it takes calls; one that is starting or ending runs, but takes none"),
  pid: z.int().nullable(),
  url: z.string().nullable().describe("address for browsers and remote clients"),
  socket: z.string().nullable().describe("unix socket for the clients of this machine"),
  version: z.string().nullable(),
  ledger_path: z.string(),
  started_at: timestamp.nullable(),
  dispatch: z.boolean().describe("whether it runs Dispatch"),
  durable: z
    .boolean()
    .nullable()
    .describe("whether what it answers is on the disk by then; without it a power cut may take the newest commits"),
  token_file: z.string().nullable().describe("file with the token that HTTP clients need"),
});

/** `serve`: keep one process running for a ledger. */
export const serve = operation({
  path: "system.serve",
  kind: "local",
  summary: "Run the server of a ledger: unix socket, HTTP, live updates, Dispatch and the web client",
  ledger: "create",
  refuses: ["conflict", "port_in_use", "side_effect_failed", "timeout"],
  cli: {
    command: "serve",
    place: 10,
    prints: "text",
    shorthand: {
      name: "up",
      words: ["--detach"],
      summary: "Start the server of this ledger in the background, and print the address of its page",
    },
    examples: ["serve", "serve --detach", "serve --status --json", "serve --login", "serve --stop"],
    notes: [
      "Nothing needs a server; with one, commands start faster and others can watch live.",
      "It listens on this machine only. --host with another address wants --allow-remote and a token in CONVEYOR_TOKEN.",
    ].join("\n"),
  },
  input: z.object({
    host: z.string().min(1).max(253).default("127.0.0.1").describe("address to listen on"),
    port: z
      .int()
      .min(0)
      .max(65535)
      .optional()
      .describe("port to listen on; 0 takes a free one. Default: 8797, or a free one when that is taken"),
    detach: z.boolean().default(false).describe("run in the background and return when it answers"),
    no_dispatch: z.boolean().default(false).describe("do not run Dispatch in it"),
    allow_remote: z.boolean().default(false).describe("accept an address that other machines can reach"),
    durable: z
      .boolean()
      .default(false)
      .describe(
        "answer a write only when it is on the disk, so that a power cut takes nothing; always so where other machines can reach it. Default: what CONVEYOR_DURABLE says",
      ),
  }),
  output: serverState,
});

/** `serve --stop`. */
export const stopServer = operation({
  path: "system.stopServer",
  kind: "local",
  summary: "Stop the server of a ledger",
  ledger: "none",
  refuses: ["timeout"],
  cli: {
    command: "serve",
    place: 20,
    select: "stop",
    prints: "text",
    shorthand: { name: "down", words: ["--stop"], summary: "Stop the server of this ledger" },
  },
  input: z.object({}),
  output: serverState.extend({ stopped: z.boolean().describe("false when none ran") }),
});

/** `serve --status`. */
export const serverStatus = operation({
  path: "system.serverStatus",
  kind: "local",
  summary: "Say whether a server runs for a ledger",
  ledger: "none",
  cli: { command: "serve", place: 30, select: "status", prints: "text" },
  input: z.object({}),
  output: serverState,
});

/** `serve --login`. */
export const loginUrl = operation({
  path: "system.loginUrl",
  kind: "local",
  summary: "Print a URL that signs a browser in to the running server, once",
  ledger: "none",
  cli: { command: "serve", place: 40, select: "login", prints: "text" },
  input: z.object({}),
  output: z.object({ url: z.string() }),
});
