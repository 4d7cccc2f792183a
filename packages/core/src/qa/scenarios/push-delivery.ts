import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ConveyorError } from "@conveyor/contracts/errors";
import { readWhole } from "@conveyor/files";
import { createAgents, createHost, exec } from "@conveyor/host";
import { bind } from "../../bindings/bind.ts";
import type { Ctx, HostCtx } from "../../ctx.ts";
import { registerManager, registerWorker } from "../../sessions/register.ts";
import { commandLine, slot } from "../../shared/command-line.ts";
import { packageInfo } from "../../system/package-info.ts";
import { create as createTask } from "../../tasks/create.ts";
import { expecting } from "../stage/checks.ts";
import type { Stage } from "../stage/stage.ts";
import type { Scenario } from "./scenario.ts";

/** How long the stand-in may take for a step, in milliseconds. */
const LIMIT_MS = 30_000;
const MOST_ROLLOUT_BYTES = 16 * 1024 * 1024;

/** `push-delivery`: a message is typed into a real terminal, once, and its arrival is seen in the worker's own record. */
export const PUSH_DELIVERY: Scenario = {
  about: "a message is typed into a worker's terminal once, and is called delivered when the worker has recorded it",
  async preflight(ctx) {
    standInFile();
    await exec(["tmux", "-V"], { env: ctx.host.env, signal: ctx.signal });
  },
  async play(stage) {
    // Short, as the path of a socket has to be, and gone when it is over.
    const folder = mkdtempSync(join(tmpdir(), "conveyor-qa-tmux-"));
    const socket_path = join(folder, "socket");
    const home = stage.place("codex-home");
    mkdirSync(home, { recursive: true });
    const own = withTerminals(stage.ctx, { socket_path, home });
    try {
      await deliver(stage.on(own), home);
    } finally {
      await exec(["tmux", "-S", socket_path, "kill-server"], { env: own.host.env }).catch(() => {});
      rmSync(folder, { recursive: true, force: true });
    }
    const program = stage.ctx.settings;
    return {
      replay_commands: [
        commandLine(program, ["register-worker"], {
          name: slot("worker"),
          pid: slot("pid"),
          tmux_session: slot("session"),
        }),
        commandLine(program, ["enqueue-nudge-worker", slot("task")], { message: slot("text") }),
        commandLine(program, ["dispatch"], { once: true, type: "nudge_worker", json: true }),
      ],
    };
  },
};

async function deliver(stage: Stage, home: string): Promise<void> {
  const { ctx } = stage;
  const session = `qa-${stage.slug}`;
  const state = join(home, "state.json");
  const argv = [process.execPath, standInFile(), "--no-daemon", "--", "Wait for your manager's instructions."];
  const env = { CODEX_HOME: home, SCRIPTED_AGENT_STATE_FILE: state, SCRIPTED_AGENT_TURN_MS: "50" };
  const pane = await ctx.host.tmux.start({ session, cwd: home, argv, env });
  const idle = await untilTurns(ctx, state, 1);

  const suffix = "push-delivery";
  const name = stage.nameOf(suffix);
  const task = await createTask(ctx, { name, goal: "get a message typed into a terminal", summary: null });
  const rollout = { codex_session: idle.rollout_path };
  const worker = await registerWorker(ctx, {
    name: `${name}-worker`,
    pid: pane.pid,
    tmux_session: session,
    ...rollout,
  });
  const manager = await registerManager(ctx, { name: `${name}-manager`, codex_session: rolloutOfManager(stage) });
  const bound = await bind(ctx, { task: task.id, worker: worker.name, manager: manager.name });
  const made = {
    ...{ suffix, task_id: task.id, task_name: name, binding_id: bound.binding_id, run_id: "" },
    ...{
      worker_id: worker.session_id,
      worker_name: worker.name,
      manager_id: manager.session_id,
      manager_name: manager.name,
    },
  };
  stage.bound(made);

  const [correlation_id, marker] = ["qa-run-push", `marker ${stage.slug}`];
  await stage.askWorker(made, { message: `Say that you have read this: ${marker}`, correlation_id });
  const [result = {}] = await stage.pass("nudge_worker");
  const ended = await untilTurns(ctx, state, 2);
  const recorded = timesRecorded(ended.rollout_path, marker);
  const again = await stage.pass("nudge_worker");
  stage.checks.note(
    "message_is_typed_once_and_recorded_by_the_worker",
    {
      command: "conveyor dispatch --once --type nudge_worker --dispatcher-id qa-run",
      ...{ correlation_id, dispatch: result, times_recorded: recorded, processed_again: again.length },
    },
    [
      expecting("dispatch.state", result["state"], "delivered"),
      expecting("dispatch.side_effect_completed", result["side_effect_completed"], true),
      expecting("times_recorded", recorded, 1),
      expecting("processed_again", again.length, 0),
    ],
  );
}

/** The stage's world with a tmux server of its own and another home for agents. */
function withTerminals(ctx: Ctx, { socket_path, home }: { socket_path: string; home: string }): Ctx {
  const env = { ...ctx.host.env, CODEX_HOME: home };
  const host = createHost({ env, clock: ctx.host.clock, tmux: { socket_path, config_file: "/dev/null" } });
  return { ...ctx, host, agents: createAgents({ homes: { codex: home } }) };
}

/** The program that behaves as an agent in a terminal does. Throws `precondition_failed` where it is not installed. */
function standInFile(): string {
  const { root } = packageInfo();
  const places = ["dist/stand-in", "apps/cli/dist/stand-in", "e2e/support/scripted-agent"];
  const found = places.map((place) => join(root, place, "agent.mjs")).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new ConveyorError("precondition_failed", "the stand-in for an agent is not part of this installation", {
    hint: "install Conveyor again",
  });
}

interface StandInState {
  screen: string;
  rollout_path: string;
  turns_ended: number;
}

/** Wait until the stand-in sits at its composer and has ended so many turns. Throws `timeout`. */
async function untilTurns({ signal }: HostCtx, path: string, turns: number): Promise<StandInState> {
  const last = Date.now() + LIMIT_MS;
  while (Date.now() < last) {
    const state = stateIn(path);
    if (state?.screen === "composer" && state.turns_ended >= turns) return state;
    await pause(50, undefined, { signal });
  }
  throw new ConveyorError("timeout", `the stand-in did not end turn ${turns} within ${LIMIT_MS / 1000} s`);
}

function stateIn(path: string): StandInState | undefined {
  const read = readWhole(path, { most_bytes: 65_536 });
  try {
    return read.ok ? (JSON.parse(read.text) as StandInState) : undefined;
  } catch {
    // It is being written.
    return undefined;
  }
}

/** A manager without a terminal needs a record that says who it is. */
function rolloutOfManager(stage: Stage): string {
  const [id, timestamp] = [randomUUID(), stage.ctx.host.clock.now().toISOString()];
  const payload = { id, cwd: stage.artifacts_folder, timestamp, originator: "qa-run", cli_version: "0.169.0" };
  const path = stage.place(`rollout-${id}.jsonl`);
  writeFileSync(path, `${JSON.stringify({ timestamp, type: "session_meta", payload })}\n`);
  return path;
}

/** How often the worker recorded a message of its user with this text. */
function timesRecorded(rollout_path: string, text: string): number {
  const read = readWhole(rollout_path, { most_bytes: MOST_ROLLOUT_BYTES });
  const lines = read.ok ? read.text.split("\n") : [];
  return lines.filter((line) => line.includes('"role":"user"') && line.includes(text)).length;
}
