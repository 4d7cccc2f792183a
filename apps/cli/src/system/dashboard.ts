import type { Call, Output } from "@conveyor/contracts";
import { asConveyorError } from "@conveyor/contracts/errors";
import { chooseTransport } from "@conveyor/sdk";
import { resolveLedger } from "@conveyor/sdk/link";
import { builtPage } from "../built-page.ts";
import { checkLocalInput } from "../local-input.ts";
import { type LocalContext, presents } from "../presentation.ts";
import { jsonDocument } from "../print/json.ts";
import { shellWords } from "../print/shell-words.ts";
import { lines } from "../print/text.ts";

type Plan = Output<"system.dashboard">;

async function run(given: Call<"system.dashboard">, context: LocalContext): Promise<number> {
  const { dashboard: operation } = await import("@conveyor/contracts/system/dashboard");
  const input = checkLocalInput(operation.input, given);
  const { io, ledger } = context;
  const { DEFAULT_PORT, fileLog, runServer, serverStatus, startDispatchUnless } = await import("@conveyor/server");
  const { ledger_path } = resolveLedger({ path: input.db_path ?? ledger, cwd: io.cwd, env: io.env });
  const { task, campaign, host, ensure_dispatch, dispatcher_id } = input;
  const flags = [
    "--path",
    ledger_path,
    "--host",
    host,
    ...(input.port === undefined ? [] : ["--port", String(input.port)]),
  ];
  const plan = (url: string): Plan => ({
    task: task ?? null,
    campaign: campaign ?? null,
    host,
    port: Number(new URL(url).port),
    url: opening(url, { task, campaign }),
    ensure_dispatch,
    command: [
      ...["conveyor", "dashboard", ...flags],
      ...(ensure_dispatch ? ["--ensure-dispatch", "--dispatcher-id", dispatcher_id] : []),
    ],
    dispatch_command: ensure_dispatch
      ? ["conveyor", "dispatch", "--watch", "--dispatcher-id", dispatcher_id, "--path", ledger_path]
      : null,
  });

  if (input.dry_run) {
    await print(context, plan(`http://${host.includes(":") ? `[${host}]` : host}:${input.port ?? DEFAULT_PORT}`));
    return 0;
  }
  const running = await serverStatus({ ledger_path });
  if (running.url !== null && running.answers) {
    await print(context, plan(running.url));
    await io.stderr.write("note: a server runs for this ledger already; `conveyor serve --login` signs a browser in\n");
    await warnOfUnknown(context, ledger_path, { task, campaign });
    return 0;
  }
  const { programPrefix, serverFiles } = await import("@conveyor/sdk/link");
  await runServer({
    ledger_path,
    host,
    port: input.port,
    token: io.env["CONVEYOR_TOKEN"] || undefined,
    web_root: builtPage(),
    dispatch: ensure_dispatch ? startDispatchUnless(dispatcher_id) : undefined,
    log: await fileLog(serverFiles(ledger_path).log, io.env),
    env: io.env,
    program: programPrefix(io),
    self: [process.execPath, io.invoked],
    onReady: (server) => {
      const say = async () => {
        await print(context, plan(server.url));
        if (server.port_taken !== undefined) {
          await io.stderr.write(`note: ${server.port_taken}; this server listens at ${server.url}\n`);
        }
        // A link signs a browser in, so it is shown to a person who can see it, never to a log or a program.
        if (!context.json && io.stdout.isTerminal && builtPage() !== undefined) {
          await io.stdout.write(`open: ${opening(server.createLoginUrl(), { task, campaign })}\n`);
        }
        await warnOfUnknown(context, ledger_path, { task, campaign });
      };
      void say();
    },
  });
  return 0;
}

interface Preselected {
  task: string | undefined;
  campaign: string | undefined;
}

/** The address with what the page opens with, before its fragment. */
function opening(address: string, { task, campaign }: Preselected): string {
  const url = new URL(address);
  if (task !== undefined) url.searchParams.set("task", task);
  if (campaign !== undefined) url.searchParams.set("campaign", campaign);
  return url.href;
}

/** What the page opens with and the ledger does not have is warned of: the page says so too. */
async function warnOfUnknown({ io }: LocalContext, path: string, { task, campaign }: Preselected): Promise<void> {
  const asked = [
    ...(task === undefined ? [] : [{ path: "dispatch.overview", input: { task, limit: 1 } }]),
    ...(campaign === undefined ? [] : [{ path: "campaigns.status", input: { name: campaign, limit: 1 } }]),
  ];
  if (asked.length === 0) return;
  const transport = await chooseTransport({ path, env: io.env });
  try {
    for (const { path: operation, input } of asked) {
      await transport.call({ path: operation, kind: "query" }, input).catch(async (thrown: unknown) => {
        await io.stderr.write(`warning: ${asConveyorError(thrown).message}\n`);
      });
    }
  } finally {
    await transport.close();
  }
}

async function print({ io, json }: LocalContext, plan: Plan): Promise<void> {
  const { command, dispatch_command, url } = plan;
  const text = lines(
    shellWords(command),
    ...(dispatch_command === null ? [] : [shellWords(dispatch_command)]),
    `url: ${url}`,
  );
  await io.stdout.write(json ? jsonDocument(plan) : text);
}

/** `dashboard` (spec 06 §6.6). */
export const dashboard = presents("system.dashboard", { local: run });
