import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";
import type { HealthCheck, Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { shellQuote } from "@conveyor/contracts/shell-quote";
import { exec, type Pane } from "@conveyor/host";
import type { HostCtx } from "../ctx.ts";
import { commandLine, slot } from "../shared/command-line.ts";
import { packageInfo } from "./package-info.ts";

/** Checks that decide whether a session can be a worker that is pushed to (spec 01 §6.17). */
const NEEDED = ["program_found", "tmux_on_path", "inside_tmux", "current_tmux_session_live"] as const;

const CODEX_APP_INBOX_GUIDANCE =
  "A session of the Codex app has no tmux session: register it without --tmux-session, with the path of its rollout, and let it poll its inbox.";
const COMMAND_CONTEXT_NOTE =
  "The tmux checks describe the shell that runs this command. For an app session look at its rollout path, at what lsof says of it, and at the role it is to have.";

/**
 * Whether the session that asks can register itself, and how (spec 01 §6.17). Which tmux session it is comes from our own
 * environment, never from what some server runs. Always answers; changes nothing.
 */
export async function doctorSelf(
  ctx: HostCtx,
  input: Input<"system.doctorSelf">,
): Promise<Output<"system.doctorSelf">> {
  const { root } = packageInfo();
  const { home, launch } = ctx.agents.standard;
  const { skills } = launch.extensionsIn(home ?? "");
  const paths = {
    skill_path: join(skills, "manage-codex-workers", "SKILL.md"),
    codex_review_skill_path: join(skills, "codex-review", "SKILL.md"),
    codex_review_helper_path: join(skills, "codex-review", "scripts", "codex-review"),
  };
  const [conveyor, workerctl, tmux, agent] = await Promise.all(
    ["conveyor", "workerctl", "tmux", launch.program].map((name) => ctx.host.processes.findExecutable(name)),
  );
  const script = join(root, "bin", "workerctl");
  const program = conveyor ?? workerctl ?? (isExecutable(script) ? script : null);
  const terminal = await lookAtTerminal(ctx, input.session);
  const pane = terminal.pane;
  const checks: HealthCheck[] = [
    { name: "program_found", ok: program !== null, path: program },
    { name: "conveyor_on_path", ok: conveyor != null, path: conveyor ?? null },
    { name: "workerctl_on_path", ok: workerctl != null, path: workerctl ?? null },
    { name: "workerctl_script", ok: isExecutable(script), path: script },
    { name: "tmux_on_path", ok: tmux != null, path: tmux ?? null },
    { name: `${launch.program}_on_path`, ok: agent != null, path: agent ?? null },
    { name: "inside_tmux", ok: terminal.session !== null, session: terminal.session },
    { name: "manage_skill_installed", ok: existsSync(paths.skill_path), path: paths.skill_path },
    {
      name: "codex_review_skill_installed",
      ok: existsSync(paths.codex_review_skill_path),
      path: paths.codex_review_skill_path,
    },
    {
      name: "codex_review_helper_installed",
      ok: isExecutable(paths.codex_review_helper_path),
      path: paths.codex_review_helper_path,
    },
    ...(terminal.error === null ? [] : [{ name: "tmux_access", ok: false, error: terminal.error }]),
    { name: "current_tmux_session_live", ok: pane !== null, session: terminal.session },
    { name: "workerctl_executable", ok: program !== null && (await canClassify(ctx, program)), path: program },
  ];
  const failing = NEEDED.filter((name) => checks.some((check) => check.name === name && !check.ok));
  const supported = failing.length === 0;
  return {
    ok: supported,
    supported,
    current_session: terminal.session,
    candidate_pid: pane?.pid ?? null,
    can_register_as: supported ? ["worker", "manager"] : ["manager"],
    checks,
    command_template: registerTemplate(ctx, terminal.session, pane),
    follow_up: followUp(ctx),
    why_or_why_not: verdict(failing),
    codex_app_inbox_guidance: CODEX_APP_INBOX_GUIDANCE,
    command_context_note: COMMAND_CONTEXT_NOTE,
    ...paths,
    workerctl_invocation: invocation({ conveyor, workerctl, program }),
  };
}

/** How the program is called here: by its name where PATH finds it. */
function invocation(found: {
  conveyor: string | null | undefined;
  workerctl: string | null | undefined;
  program: string | null;
}) {
  if (found.conveyor != null) return "conveyor";
  if (found.workerctl != null) return "workerctl";
  return found.program === null ? "" : shellQuote(found.program);
}

interface Terminal {
  session: string | null;
  pane: Pane | null;
  error: string | null;
}

async function lookAtTerminal({ host }: HostCtx, named: string | undefined): Promise<Terminal> {
  try {
    const own = named === undefined ? await host.tmux.currentSession() : null;
    const session = named ?? own?.session ?? null;
    if (session === null) return { session, pane: null, error: null };
    const panes = (await host.tmux.listPanes()).filter((pane) => pane.session === session);
    const pane = panes.find(({ pane_id }) => pane_id === own?.pane_id) ?? panes.find(({ active }) => active) ?? null;
    return { session, pane, error: null };
  } catch (thrown) {
    if (!(thrown instanceof ConveyorError)) throw thrown;
    return { session: named ?? null, pane: null, error: thrown.message };
  }
}

/** Whether the program really runs: it classifies a screen, which needs neither ledger nor tmux. */
async function canClassify(ctx: HostCtx, program: string): Promise<boolean> {
  try {
    const { exit_code } = await exec([program, "classify", "--text", "ready"], {
      env: ctx.host.env,
      signal: ctx.signal,
    });
    return exit_code === 0;
  } catch (thrown) {
    if (thrown instanceof ConveyorError && thrown.code !== "interrupted") return false;
    throw thrown;
  }
}

function registerTemplate(ctx: HostCtx, session: string | null, pane: Pane | null): string {
  return commandLine(ctx.settings, ["register-worker"], {
    name: slot("NAME"),
    pid: pane?.pid ?? slot("PID"),
    cwd: slot("CWD"),
    tmux_session: session ?? slot("SESSION"),
  });
}

function followUp(ctx: HostCtx): string[] {
  const { settings } = ctx;
  const manager = commandLine(settings, ["register-manager"], {
    name: slot("MANAGER"),
    pid: slot("PID"),
    cwd: slot("CWD"),
  });
  const task = commandLine(settings, ["tasks"], { create: slot("TASK"), goal: slot("GOAL") });
  const bind = commandLine(settings, ["bind"], {
    task: slot("TASK"),
    worker: slot("WORKER"),
    manager: slot("MANAGER"),
  });
  return [
    `register a manager: ${manager}`,
    `create a task and bind both to it: ${task} && ${bind}`,
    `watch the worker as its manager: ${commandLine(settings, ["cycle", slot("TASK")], { json: true })}`,
  ];
}

const REASONS: Record<(typeof NEEDED)[number], string> = {
  program_found: "the program is not found, not even as workerctl",
  tmux_on_path: "tmux is not on PATH",
  inside_tmux: "this shell does not run inside tmux",
  current_tmux_session_live: "the tmux session does not run",
};

function verdict(failing: readonly (typeof NEEDED)[number][]): string {
  const parts = [
    failing.length === 0
      ? "This session can register as a worker: it runs in a live tmux session, and the program is found."
      : `This session cannot register as a worker that is pushed to: ${failing.map((name) => REASONS[name]).join("; ")}.`,
  ];
  if (failing.includes("program_found")) {
    parts.push("Install the package globally, so that conveyor and workerctl are found.");
  }
  parts.push("A session outside tmux can still register as a manager, because managers only call commands.");
  return parts.join(" ");
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
