import type { Input, Output, PreflightCheck } from "@conveyor/contracts";
import { asConveyorError } from "@conveyor/contracts/errors";
import { autonomyRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";

const THREAD_TOOLS_NOTE =
  "Only a session of the Codex app can know whether create_thread, set_thread_title and send_message_to_thread are there.";

/**
 * `app-smoke preflight`: what the smoke run of a pair needs (spec 06 §6.2). That the ledger can be written is tried, by
 * beginning to write and leaving everything as it is. Throws `not_found`, `ambiguous`.
 */
export async function preflightSmoke(
  ctx: Ctx,
  input: Input<"autonomy.preflightSmoke">,
): Promise<Output<"autonomy.preflightSmoke">> {
  const { mode, scope, worker_count } = input;
  const { task, pair } = await ctx.store.peek((tx) => {
    const own = resolveTask(tx, input.task);
    return { task: own, pair: autonomyRows.livePair(tx, own.id) };
  });
  const checks: PreflightCheck[] = [
    await ledgerWritable(ctx),
    await programAvailable(ctx),
    bindingActive(task, pair),
    threadKnown("manager", pair),
    threadKnown("worker", pair),
    { name: "codex_app_thread_tools", ok: false, note: THREAD_TOOLS_NOTE, required_in_plugin: true },
  ];
  const failed = mode === "required" ? checks.filter(({ name, ok }) => !ok && name !== "codex_app_thread_tools") : [];
  return {
    task: { id: task.id, name: task.name },
    ...{ mode, scope, worker_count, checks },
    blockers: failed.map(({ name, detail }) => (detail === undefined ? name : `${name}: ${detail}`)),
    blocker_codes: failed.map(({ name }) => name),
    ok: failed.length === 0,
    real_work_allowed: failed.length === 0,
  };
}

async function ledgerWritable({ store, settings }: Ctx): Promise<PreflightCheck> {
  const check = { name: "ledger_writable", path: settings.ledger_path } as const;
  try {
    await store.fast(() => undefined);
    return { ...check, ok: true };
  } catch (thrown) {
    const { code, message } = asConveyorError(thrown);
    if (code === "interrupted") throw thrown;
    return { ...check, ok: false, detail: `${code}, ${message}` };
  }
}

async function programAvailable({ host, settings }: Ctx): Promise<PreflightCheck> {
  const { program: command } = settings;
  // A prefix names the folder in which the program lies; a bare name has to be found.
  const ok = command.includes("PATH=") || (await host.processes.findExecutable(command)) !== null;
  return {
    name: "package_cli_available",
    ok,
    command,
    ...(!ok && { detail: `${command} is not found on PATH: install the package globally` }),
  };
}

function bindingActive(task: { name: string; state: string }, pair: autonomyRows.PairRow | undefined): PreflightCheck {
  const ok = pair?.binding_state === "active";
  const state = pair === undefined ? "not bound" : `bound, but its binding is ${pair.binding_state}`;
  const detail = ok ? `binding ${pair.binding_id}` : `task ${task.name} (${task.state}) is ${state}`;
  return { name: "active_binding", ok, detail };
}

function threadKnown(role: "manager" | "worker", pair: autonomyRows.PairRow | undefined): PreflightCheck {
  const thread_id = pair?.[role].codex_app_thread_id ?? null;
  const ok = thread_id !== null;
  return {
    name: `${role}_thread_metadata`,
    ok,
    thread_id,
    ...(!ok && { detail: `no app thread is registered for the ${role}` }),
  };
}
