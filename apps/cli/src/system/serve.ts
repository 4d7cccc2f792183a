import type { Call, Output } from "@conveyor/contracts";
import { resolveLedger } from "@conveyor/sdk/link";
import type { RunningServer } from "@conveyor/server";
import { builtPage } from "../built-page.ts";
import { notifySettings } from "../config/files/notify.ts";
import { checkLocalInput } from "../local-input.ts";
import { type LocalContext, presents } from "../presentation.ts";
import { jsonDocument } from "../print/json.ts";
import { lines } from "../print/text.ts";

type State = Output<"system.serve">;

function ledgerOf({ io, ledger }: LocalContext): string {
  return resolveLedger({ path: ledger, cwd: io.cwd, env: io.env }).ledger_path;
}

async function print({ io, json }: LocalContext, document: unknown, text: string): Promise<void> {
  await io.stdout.write(json ? jsonDocument(document) : text);
}

function stateText(state: State): string {
  if (!state.running) return `no server runs for ${state.ledger_path}\n`;
  if (!state.answers)
    return `process ${state.pid} holds ${state.ledger_path}, but takes no calls: it is starting or ending\n`;
  return lines(
    `serving ${state.ledger_path}`,
    `url: ${state.url}`,
    `socket: ${state.socket}`,
    `process ${state.pid}, version ${state.version}, since ${state.started_at}`,
    state.dispatch ? "Dispatch runs in it" : "Dispatch does not run in it",
    state.durable
      ? "durable: what it answers is on the disk, a power cut takes nothing of it"
      : "not durable: a power cut may take the newest commits (serve --durable)",
  );
}

async function runOrDetach(given: Call<"system.serve">, context: LocalContext): Promise<number> {
  const { serve: operation } = await import("@conveyor/contracts/system/serve");
  const input = checkLocalInput(operation.input, given);
  const ledger_path = ledgerOf(context);
  return input.detach ? serveDetached(input, ledger_path, context) : serveHere(input, ledger_path, context);
}

type ServeInput = Omit<Required<Call<"system.serve">>, "port"> & { port?: number | undefined };

async function serveDetached(input: ServeInput, ledger_path: string, context: LocalContext): Promise<number> {
  const { createLoginUrl, DEFAULT_PORT, startDetachedServer } = await import("@conveyor/server");
  const { io } = context;
  const flags = ["--path", ledger_path, `--host=${input.host}`, "--json"];
  if (input.port !== undefined) flags.push("--port", String(input.port));
  if (input.no_dispatch) flags.push("--no-dispatch");
  if (input.allow_remote) flags.push("--allow-remote");
  if (input.durable) flags.push("--durable");
  const state = await startDetachedServer({
    ledger_path,
    argv: [process.execPath, io.invoked, "serve", ...flags],
    env: io.env,
  });
  await print(context, state, stateText(state));
  if (input.port === undefined && !state.url?.endsWith(`:${DEFAULT_PORT}`))
    await io.stderr.write(
      `note: port ${DEFAULT_PORT} is in use by another program; this server listens at ${state.url}\n`,
    );
  if (mayShowLink(context)) await showLink(context, await createLoginUrl({ ledger_path }));
  return 0;
}

/** A link signs a browser in, so it is shown to a person who can see it, never to a log or a program. */
function mayShowLink({ io, json }: LocalContext): boolean {
  return !json && io.stdout.isTerminal && builtPage() !== undefined;
}

async function showLink({ io }: LocalContext, url: string): Promise<void> {
  await io.stdout.write(`open: ${url}\n(signs one browser in, within ten minutes; \`serve --login\` prints another)\n`);
}

async function serveHere(input: ServeInput, ledger_path: string, context: LocalContext): Promise<number> {
  const { fileLog, runServer, startDispatch } = await import("@conveyor/server");
  const { programPrefix, serverFiles } = await import("@conveyor/sdk/link");
  const { io } = context;
  await runServer({
    ledger_path,
    host: input.host,
    port: input.port,
    remote: input.allow_remote ? "allowed" : undefined,
    durable: input.durable || undefined,
    token: io.env["CONVEYOR_TOKEN"] || undefined,
    web_root: builtPage(),
    dispatch: input.no_dispatch ? undefined : startDispatch,
    notify: await notifySettings(io),
    log: await fileLog(serverFiles(ledger_path).log, io.env),
    env: io.env,
    program: programPrefix(io),
    self: [process.execPath, io.invoked],
    onReady: (server) => void sayReady(server, context),
  });
  return 0;
}

async function sayReady(server: RunningServer, context: LocalContext): Promise<void> {
  const { serverStatusOf } = await import("@conveyor/server");
  const state = serverStatusOf(server);
  await print(context, state, stateText(state));
  if (server.port_taken !== undefined)
    await context.io.stderr.write(`note: ${server.port_taken}; this server listens at ${server.url}\n`);
  if (mayShowLink(context)) await showLink(context, server.createLoginUrl());
}

/** `serve`: the server of a ledger (spec 08). */
export const serve = presents("system.serve", { local: runOrDetach });

/** `serve --status`. */
export const serverStatus = presents("system.serverStatus", {
  async local(_input, context) {
    const server = await import("@conveyor/server");
    const state = await server.serverStatus({ ledger_path: ledgerOf(context) });
    await print(context, state, stateText(state));
    return 0;
  },
});

/** `serve --stop`. */
export const stopServer = presents("system.stopServer", {
  async local(_input, context) {
    const server = await import("@conveyor/server");
    const state = await server.stopServer({ ledger_path: ledgerOf(context) });
    await print(context, state, state.stopped ? `stopped the server of ${state.ledger_path}\n` : stateText(state));
    return 0;
  },
});

/** `serve --login`: a link that signs one browser in. */
export const loginUrl = presents("system.loginUrl", {
  async local(_input, context) {
    const { createLoginUrl } = await import("@conveyor/server");
    const url = await createLoginUrl({ ledger_path: ledgerOf(context) });
    await print(context, { url }, `${url}\n`);
    return 0;
  },
});
