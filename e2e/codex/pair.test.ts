import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type CodexInstall, installCodex } from "../support/codex/install.ts";
import { type CodexHome, codexHome } from "../support/codex/launch.ts";
import { waitUntil } from "../support/scripted-agent/wait.ts";
import { type ScriptedModel, startScriptedModel } from "../support/scripted-model/model.ts";
import type { Answer } from "../support/world/answers.ts";
import { REPOSITORY, World } from "../support/world/world.ts";

/** The install may have to fetch 400 MB. */
const INSTALL_LIMIT_MS = 330_000;
const LIMIT_MS = 180_000;
/** With it as proxy every request but loopback ones fails at once. */
const NOWHERE = "http://127.0.0.1:9";

let codex: CodexInstall;

beforeAll(async () => {
  codex = await installCodex();
  if (!codex.ok) console.warn(`THE REAL CODEX IS NOT TESTED HERE: ${codex.reason}`);
}, INSTALL_LIMIT_MS);

interface Scene {
  world: World;
  model: ScriptedModel;
  home: CodexHome;
}

/** A world whose `codex` is the real program, with the scripted model as its only one and no way to the network. */
async function withCodex(path: string, test: (scene: Scene) => Promise<void>): Promise<void> {
  const model = await startScriptedModel({ default_answer: "Understood." });
  const home = await codexHome({ model_url: model.url });
  const proxies = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"];
  const world = await World.start({
    env: {
      ...Object.fromEntries(proxies.map((name) => [name, NOWHERE])),
      NO_PROXY: "127.0.0.1,localhost",
      no_proxy: "127.0.0.1,localhost",
      PATH: [join(REPOSITORY, "bin"), dirname(path), process.env["PATH"] ?? ""].join(delimiter),
    },
  });
  world.codex_home = home.path;
  execFileSync("git", ["init", "-q", world.project]);
  try {
    await test({ world, model, home });
  } finally {
    await world.close();
    for (const pid of processesOf(home)) process.kill(pid, "SIGKILL");
    await model.close();
    await home.remove();
  }
}

/** Every living process that works in this Codex home, Dispatch among them. */
function processesOf(home: CodexHome): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids
    .map(Number)
    .filter((pid) => pid !== process.pid && environmentOf(pid).includes(`CODEX_HOME=${home.path}\0`));
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch {
    // It has ended meanwhile.
    return "";
  }
}

const PAIR = [
  "pair",
  "--task",
  "greeting",
  "--task-goal",
  "the greeting works",
  "--worker-name",
  "ada",
  "--manager-name",
  "bob",
];

/** What a person or a supervisor said in a rollout. */
function said(rollout: string): string[] {
  const records = readFileSync(rollout, "utf8").split("\n").slice(0, -1);
  return records
    .map((line) => JSON.parse(line) as { type: string; payload: { type?: string; message?: string; item?: unknown } })
    .filter(({ type, payload }) => type === "event_msg" && /user_message|item_completed/.test(payload.type ?? ""))
    .map(({ payload }) => JSON.stringify(payload))
    .filter((text) => /user_message|UserMessage/.test(text));
}

async function saidIn(rollout: string, wanted: RegExp): Promise<void> {
  await waitUntil(async () => said(rollout).some((text) => wanted.test(text)), {
    limit_ms: 30_000,
    what: () => `${wanted} in ${rollout}`,
  });
}

type Cycle = Answer<"observation.cycle">;

/** Cycle until it shows what is waited for. */
async function cycleUntil(world: World, shows: (cycle: Cycle) => boolean, what: string): Promise<Cycle> {
  let last: Cycle | undefined;
  await waitUntil(
    async () => {
      last = await world.ask<"observation.cycle">("cycle", "greeting");
      return shows(last);
    },
    { limit_ms: 30_000, what: () => `${what}; the pane was ${JSON.stringify(last?.pane_signal)}` },
  );
  return last as Cycle;
}

describe("the real Codex, started by pair", () => {
  it("is not trusted without --accept-trust, and waits until the time is up", { timeout: LIMIT_MS }, async () => {
    if (!codex.ok) return;
    await withCodex(codex.path, async ({ world, model }) => {
      const { code, error } = await world.refused(...PAIR, "--no-dispatch", "--timeout-seconds", "6");
      expect([code, error.code]).toEqual([1, "timeout"]);
      expect(error.message).toContain("codex-ada");
      expect(error.message).toContain("--accept-trust");
      expect(error.details).toMatchObject({ standing: { task: "greeting", worker: null, manager: null } });
      expect(model.requests).toEqual([]);
      expect(await world.ask<"sessions.list">("sessions")).toEqual([]);
    });
  });

  it("is found, fed, watched, interrupted, routed and ended", { timeout: LIMIT_MS }, async () => {
    if (!codex.ok) return;
    await withCodex(codex.path, async ({ world, model, home }) => {
      const options = ["--sandbox", "workspace-write", "--ask-for-approval", "on-request", "--accept-trust"];
      const paired = await world.ask<"startup.pair">(
        ...PAIR,
        "--task-prompt",
        "do: say the greeting is ready",
        ...options,
      );
      const { worker, manager, dispatch } = paired;
      expect(dispatch).toMatchObject({ started: true, healthy: true });
      expect(worker.codex_session_path).toContain(home.path);
      expect(manager.codex_session_path).not.toBe(worker.codex_session_path);
      const commands = await world.ask<"dispatch.commands">("commands");
      const starts = commands.filter(({ type }) => type === "start_session");
      expect(
        starts.map(({ state, result }) => [state, (result as { trust_accepted: boolean }).trust_accepted]),
      ).toEqual([
        ["succeeded", expect.any(Boolean)],
        ["succeeded", expect.any(Boolean)],
      ]);
      expect(starts.some(({ result }) => (result as { trust_accepted: boolean }).trust_accepted)).toBe(true);

      const first = await cycleUntil(
        world,
        ({ manager_context }) => manager_context.worker_receipt !== null,
        "the first turn",
      );
      expect(first.manager_context.worker_receipt?.last_agent_message).toContain("the greeting is ready");
      await saidIn(manager.codex_session_path, /appears to have finished a turn on task greeting/);

      await world.ask<"observation.nudge">("session-nudge", "ada", "do: say second answer");
      await saidIn(worker.codex_session_path, /do: say second answer/);
      await cycleUntil(
        world,
        ({ manager_context }) => manager_context.worker_receipt?.last_agent_message?.includes("second answer") ?? false,
        "the answer to the nudge",
      );

      await world.ask<"observation.nudge">(
        "session-nudge",
        "ada",
        "do: esc-prefix curl -s http://127.0.0.1:9/ | say never told",
      );
      const asking = await cycleUntil(
        world,
        ({ pane_signal }) => pane_signal.attention === "approval",
        "the approval question",
      );
      expect(asking.pane_signal.notable_pattern).toBe("approval_prompt");
      const refused = await world.refused("session-nudge", "ada", "yes");
      expect([refused.code, refused.error.code]).toEqual([1, "pane_not_ready"]);
      await world.ask<"observation.interrupt">("session-interrupt", "ada", "--force");
      await cycleUntil(world, ({ pane_signal }) => pane_signal.attention === "none", "the end of the question");

      await world.ask<"observation.nudge">("session-nudge", "ada", "do: hold gate | say never told");
      await model.reached("gate");
      await world.ask<"observation.interrupt">("session-interrupt", "ada");
      await waitUntil(async () => /turn_aborted/.test(readFileSync(worker.codex_session_path, "utf8")), {
        limit_ms: 30_000,
        what: () => "the interrupted turn",
      });

      await world.ask<"tasks.finish">("finish-task", "greeting", "--stop-worker", "--stop-manager");
      if (dispatch.pid !== null) process.kill(dispatch.pid, "SIGTERM");
      await waitUntil(async () => processesOf(home).length === 0, {
        what: () => `the end of all processes; these live: ${processesOf(home).join(", ")}`,
      });
    });
  });
});
