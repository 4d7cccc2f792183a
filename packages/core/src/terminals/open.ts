import type { Input, Output, Role } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { shellQuote } from "@conveyor/contracts/shell-quote";
import { attachCommand } from "@conveyor/contracts/terminal-commands";
import { launchWindow, macPreview, type TerminalChoice, type TerminalLauncher, terminalLauncher } from "@conveyor/host";
import type { Ctx } from "../ctx.ts";
import { type Party, partiesOf, withParties } from "../shared/party.ts";
import { resolveTask } from "../shared/references.ts";
import { appendWorkerEvent, workerEvents, workerFolder } from "../shared/worker-folder.ts";
import { terminalHolder } from "./holder.ts";

/**
 * Open a terminal window on a session or a folder-based worker (spec 01 §6.12). Throws `conflict` when one was opened
 * since the session began, `not_found`, `precondition_failed` without terminal, `tmux_session_missing` when it does not
 * run, `unsupported_platform` where no terminal program is known, `side_effect_failed` when it cannot open a window.
 */
export async function open(ctx: Ctx, input: Input<"terminals.open">): Promise<Output<"terminals.open">> {
  const party = await terminalHolder(ctx, input.name);
  const tmux_session = await runningTerminal(ctx, party);
  if (!input.force) await assertNotOpened(ctx, party, tmux_session);
  const opened = await openWindow(ctx, party, tmux_session, input, input.force);
  return { ...opened, name: party.name, force: input.force };
}

/** Open a terminal window on the worker of a task's live binding (spec 01 §6.12). Throws as `openTerminal`, never `conflict`. */
export async function openWorker(
  ctx: Ctx,
  input: Input<"terminals.openWorker">,
): Promise<Output<"terminals.openWorker">> {
  const { task, party, opened } = await openRole(ctx, input, "worker");
  return { ...opened, task, worker: party.name };
}

/** The same for its manager. */
export async function openManager(
  ctx: Ctx,
  input: Input<"terminals.openManager">,
): Promise<Output<"terminals.openManager">> {
  const { task, party, opened } = await openRole(ctx, input, "manager");
  return { ...opened, task, manager: party.name };
}

async function openRole(ctx: Ctx, input: Input<"terminals.openWorker">, role: Role) {
  const { task, party } = await ctx.store.read(async (tx) => {
    const { id, name } = resolveTask(tx, input.task);
    const binding = await tx.db.bindings.findFirst({
      where: { task_id: id, state: { in: ["active", "ending"] } },
      include: withParties,
    });
    return { task: name, party: partiesOf(binding)[role] };
  });
  if (party === null) {
    throw new ConveyorError("not_found", `task ${JSON.stringify(task)} has no live binding with a ${role}`, {
      hint: "bind one first, or open a session by its own name with `conveyor open`",
      details: { kind: "binding", task },
    });
  }
  const tmux_session = await runningTerminal(ctx, party, task);
  return { task, party, opened: await openWindow(ctx, party, tmux_session, input, false) };
}

async function runningTerminal(ctx: Ctx, party: Party, task?: string): Promise<string> {
  const { tmux_session, tmux_pane_id, name, role } = party;
  if (tmux_session === null) {
    const whose = task === undefined ? `session ${JSON.stringify(name)} has` : `task ${JSON.stringify(task)} has`;
    throw new ConveyorError("precondition_failed", `${whose} no ${role} terminal that could be opened`, {
      hint: "it runs outside tmux; look at it with `conveyor cycle` or `conveyor tail`",
      details: { kind: "session", reason: "no_tmux", session: name },
    });
  }
  await ctx.host.tmux.paneOf({ session: tmux_session, pane_id: tmux_pane_id });
  return tmux_session;
}

/** A second window on the same session is seldom meant. Windows on an earlier life of the name do not count. */
async function assertNotOpened(ctx: Ctx, party: Party, tmux_session: string): Promise<void> {
  const opened_at = await lastOpened(ctx, party);
  if (opened_at === null) return;
  throw new ConveyorError("conflict", `a terminal window on ${party.name} was opened at ${opened_at}`, {
    hint: `attach with: ${attachCommand(tmux_session, party.tmux_socket)}; or open another window with --force`,
    details: { kind: "terminal", name: party.name, opened_at },
  });
}

async function lastOpened(ctx: Ctx, party: Party): Promise<string | null> {
  const { state_root } = ctx.settings;
  if (workerFolder(state_root, party.name) !== null) {
    const entry = workerEvents(state_root, party.name).findLast(
      ({ type }) => type === "open" || type === "open_attempt",
    );
    return entry === undefined ? null : String(entry["time"]);
  }
  return ctx.store.read(async (tx) => {
    const registered = await tx.db.events.findFirst({
      where: { session_id: party.id, type: "session_registered" },
      orderBy: { seq: "desc" },
      select: { seq: true },
    });
    const opened = await tx.db.events.findFirst({
      where: { session_id: party.id, type: "terminal_open_attempted", seq: { gt: registered?.seq ?? 0 } },
      orderBy: { seq: "desc" },
      select: { created_at: true },
    });
    return opened?.created_at ?? null;
  });
}

interface Wish {
  terminal: TerminalChoice;
  dry_run: boolean;
}

async function openWindow(ctx: Ctx, party: Party, tmux_session: string, wish: Wish, forced: boolean) {
  // The window does not inherit the tmux that we may run in, so the server is named.
  const server = party.tmux_socket === null ? [] : ["-S", party.tmux_socket];
  const command = ["tmux", ...server, "attach", "-t", `=${tmux_session}`];
  const { terminal, argv } = launcherFor(ctx, command, wish);
  const answer = {
    attach_command: attachCommand(tmux_session, party.tmux_socket),
    dry_run: wish.dry_run,
    terminal,
    tmux_session,
  };
  if (wish.dry_run) return { ...answer, command: argv };
  await ctx.host.mayAct();
  await record(ctx, party, "open_attempt", { terminal, forced });
  await launchWindow(argv, ctx.host.env);
  await record(ctx, party, "open", { terminal, forced });
  return answer;
}

function launcherFor(ctx: Ctx, command: readonly string[], { terminal: choice, dry_run }: Wish): TerminalLauncher {
  const { platform } = process;
  const launcher = terminalLauncher(command, { platform, env: ctx.host.env, choice });
  if (launcher !== null) return launcher;
  if (dry_run) return macPreview(command, choice) ?? { terminal: "none", argv: [...command] };
  throw new ConveyorError("unsupported_platform", `no terminal program is known on ${platform}`, {
    hint: `set CONVEYOR_TERMINAL, for instance to "xterm -e"; or attach by hand: ${command.map(shellQuote).join(" ")}`,
    details: { platform },
  });
}

const EVENTS = { open_attempt: "terminal_open_attempted", open: "terminal_opened" } as const;

async function record(
  ctx: Ctx,
  party: Party,
  type: keyof typeof EVENTS,
  facts: { terminal: string; forced: boolean },
): Promise<void> {
  await ctx.store.fast((tx) =>
    tx.tell(EVENTS[type], {
      session_id: party.kind === "session" ? party.id : null,
      attributes: { name: party.name, role: party.role, ...facts },
      summary: `terminal window on ${party.name}: ${type.replace("_", " ")}`,
      correlation: { session: party.name },
    }),
  );
  appendWorkerEvent(ctx.settings.state_root, party.name, { time: ctx.host.clock.iso(), type, ...facts });
}
