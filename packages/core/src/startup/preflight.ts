import { realpath, stat } from "node:fs/promises";
import type { Role } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { killCommand } from "@conveyor/contracts/terminal-commands";
import type { StartableAgent } from "@conveyor/host";
import type { ReadTx } from "@conveyor/store";
import type { Ctx, HostCtx } from "../ctx.ts";
import { commandLine } from "../shared/command-line.ts";

/** What a start needs of this machine, found before anything is recorded or started. */
export interface Machine {
  agent: StartableAgent;
  /** Absolute path of its program. */
  program: string;
  /** The folder with links resolved, as the agent will see it. */
  cwd: string;
}

/**
 * Look whether an agent can be started here at all (spec 01 §5.3 step 1). Throws `tool_missing`, `host_denied`,
 * `invalid_input` (no such folder), `foreign_ledger`.
 */
export async function checkMachine(ctx: HostCtx, agent: StartableAgent, wanted_cwd: string): Promise<Machine> {
  const { processes, tmux } = ctx.host;
  await ctx.host.mayAct();
  const { launch } = agent;
  const program = await processes.findExecutable(launch.program);
  if (program === null) throw toolMissing(launch.program, launch.install);
  if ((await processes.findExecutable("tmux")) === null) throw toolMissing("tmux", "install tmux 3.2 or newer");
  const cwd = await realpath(wanted_cwd).catch(() => wanted_cwd);
  if (!(await stat(cwd).catch(() => undefined))?.isDirectory()) {
    throw new ConveyorError("invalid_input", `not a directory: ${wanted_cwd}`, {
      hint: "pass an existing folder with --cwd",
      details: { cwd: wanted_cwd },
    });
  }
  await tmux.listPanes();
  return { agent, program, cwd };
}

/** What a person says in a prompt, in bytes: with what is added the prompt still has to fit into one argument. */
const LONGEST_TEXT_BYTES = 100 * 1024;

/** Throws `invalid_input` for a text that no program can be given as an argument, before anything is recorded. */
export function assertTextFits(flag: string, text: string | undefined): void {
  if (text === undefined || (Buffer.byteLength(text) <= LONGEST_TEXT_BYTES && !text.includes("\0"))) return;
  throw new ConveyorError(
    "invalid_input",
    `--${flag} is longer than ${LONGEST_TEXT_BYTES / 1024} KiB or contains NUL`,
    {
      hint: "put a long prompt into a file and name the file in the prompt",
      details: { field: flag.replaceAll("-", "_") },
    },
  );
}

function toolMissing(program: string, what_to_do: string): ConveyorError {
  return new ConveyorError("tool_missing", `${program} is not installed or not on PATH`, {
    hint: `${what_to_do}, or add its folder to PATH`,
    details: { program },
  });
}

/**
 * Whether a session of this name and role may be started: nobody active has the name, and nobody gone of the other role
 * (spec 01 §5.3 step 2). Throws `conflict`.
 */
export async function assertNameFree(
  ctx: Ctx,
  tx: ReadTx,
  { name, role }: { name: string; role: Role },
): Promise<void> {
  const holder = await tx.db.sessions.findUnique({ where: { name } });
  if (holder === null || (holder.state === "gone" && holder.role === role)) return;
  const details = { kind: "session", id: holder.id, name, role: holder.role, state: holder.state };
  if (holder.state === "gone") {
    throw new ConveyorError("conflict", `${JSON.stringify(name)} was the name of a ${holder.role}`, {
      hint: "choose another name: a session never changes its role",
      details,
    });
  }
  throw new ConveyorError("conflict", `an active ${holder.role} is already called ${JSON.stringify(name)}`, {
    hint: `choose another name, or give that one up: ${commandLine(ctx.settings, ["deregister", name])}`,
    details,
  });
}

/** Throws `conflict` when a tmux session of exactly this name runs. */
export async function assertNoTmuxSession(ctx: Ctx, tmux_session: string): Promise<void> {
  if (await ctx.host.tmux.sessionExists(tmux_session)) throw await tmuxSessionTaken(ctx, tmux_session);
}

/** The error of a start that finds its terminal there already; says so when a start before it had broken off. */
export async function tmuxSessionTaken(ctx: Ctx, tmux_session: string, cause?: unknown): Promise<ConveyorError> {
  const holds = `"tmux_session":${JSON.stringify(tmux_session)}`;
  const broken = await ctx.store.read((tx) =>
    tx.db.commands.findFirst({
      where: { type: "start_session", state: "attempted", payload_json: { contains: holds } },
      select: { id: true },
    }),
  );
  const ways = [
    "choose another name",
    `end it: ${killCommand(tmux_session)}`,
    ...(broken === null
      ? []
      : [`take it over: a start of it broke off, and ${commandLine(ctx.settings, ["reconcile"])} says how to go on`]),
  ];
  return new ConveyorError("conflict", `a tmux session called ${tmux_session} already runs`, {
    hint: ways.join(", or "),
    details: { kind: "tmux_session", tmux_session, interrupted_start: broken?.id ?? null },
    cause,
  });
}
