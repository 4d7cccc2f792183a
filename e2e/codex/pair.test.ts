import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  CODEX_VERSIONS,
  type CodexInstall,
  type CodexVersion,
  installCodex,
  NEWEST_CODEX,
} from "../support/codex/install.ts";
import { type CodexHome, codexHome } from "../support/codex/launch.ts";
import { waitUntil } from "../support/scripted-agent/wait.ts";
import { type ScriptedModel, startScriptedModel } from "../support/scripted-model/model.ts";
import type { Answer } from "../support/world/answers.ts";
import { dispatchersEnded, takeTour } from "../support/world/tour.ts";
import { REPOSITORY, World } from "../support/world/world.ts";

/** The install may have to fetch 400 MB. */
const INSTALL_LIMIT_MS = 330_000;
const LIMIT_MS = 180_000;
/** With it as proxy every request but loopback ones fails at once. */
const NOWHERE = "http://127.0.0.1:9";

const installed = new Map<CodexVersion, CodexInstall>();

beforeAll(async () => {
  for (const version of CODEX_VERSIONS) {
    const codex = await installCodex(version);
    installed.set(version, codex);
    if (!codex.ok) console.warn(`THE REAL CODEX ${version} IS NOT TESTED HERE: ${codex.reason}`);
  }
}, CODEX_VERSIONS.length * INSTALL_LIMIT_MS);

interface Scene {
  world: World;
  /** The folder in which `codex` is found. */
  tools: string;
  model: ScriptedModel;
  home: CodexHome;
}

/** A world whose `codex` is the real program, with the scripted model as its only one and no way to the network. */
async function withCodex(version: CodexVersion, test: (scene: Scene) => Promise<void>): Promise<void> {
  const codex = installed.get(version);
  if (codex?.ok !== true) return;
  const { path } = codex;
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
    await test({ world, tools: dirname(path), model, home });
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
  "--codex-profile",
  "yolo",
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
    await withCodex(NEWEST_CODEX, async ({ world, model }) => {
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
    await withCodex(NEWEST_CODEX, async ({ world, model, home }) => {
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
      await waitUntil(async () => processesOf(home).length === 0, {
        what: () => `the end of all processes; these live: ${processesOf(home).join(", ")}`,
      });
    });
  });
});

describe("the tour of the README", () => {
  it("goes with the real Codex as it goes with the scripted agent", { timeout: LIMIT_MS, retry: 1 }, async () => {
    await withCodex(NEWEST_CODEX, async ({ world, tools }) => {
      await takeTour(world, { name: "tour", tools });
      expect(await world.ask<"tasks.list">("tasks")).toMatchObject([{ name: "parser", state: "done" }]);
      await waitUntil(() => dispatchersEnded(world), { what: () => "the end of the pair's dispatcher" });
    });
  });
});

/** The texts of what users said in a rollout, as the agent took them. */
function userTexts(rollout: string): string[] {
  return readFileSync(rollout, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { type: string; payload: { type?: string; item?: UserItem } })
    .filter(({ payload }) => payload.type === "item_completed" && payload.item?.type === "UserMessage")
    .map(({ payload }) => (payload.item?.content ?? []).map(({ text }) => text ?? "").join(""));
}

interface UserItem {
  type: string;
  content?: { text?: string }[];
}

/** What a composer would take for a command, a file or a skill; each is a message like any other. */
const MESSAGES = [
  "/foo do the thing",
  "/quit",
  "!touch escaped.txt",
  "look at @alpha",
  "use $review",
  "two lines\n/clear and !ls",
];

describe.each(CODEX_VERSIONS)("Codex %s", (version) => {
  it("takes every message exactly as it was sent, runs none of them, and finds the program it is told of", {
    timeout: LIMIT_MS,
    // The program is somebody else's: on a fully loaded machine it may end by itself.
    retry: 1,
  }, async () => {
    await withCodex(version, async ({ world, home }) => {
      writeFileSync(join(world.project, "alpha.txt"), "");
      const { worker, manager } = await world.ask<"startup.pair">(
        ...PAIR,
        "--task-prompt",
        "do: say ready",
        "--accept-trust",
      );
      await cycleUntil(world, ({ state }) => state === "idle", "the first turn");
      for (const [index, message] of MESSAGES.entries()) {
        const sent = await world.ask<"observation.nudge">("session-nudge", "ada", message);
        expect([message, sent.submission]).toEqual([message, "confirmed"]);
        const texts = () => userTexts(worker.codex_session_path);
        await waitUntil(async () => texts().length >= index + 2, {
          what: () => `${message} in ${texts().join(" | ")}`,
        });
        expect(texts().at(-1)).toBe(message);
        await cycleUntil(world, ({ state }) => state === "idle", `the answer to ${message}`);
      }
      expect(existsSync(join(world.project, "escaped.txt"))).toBe(false);
      expect(await world.ask<"sessions.list">("sessions", "--name", "ada")).toMatchObject([{ alive: true }]);

      // A command as agents are told it, run by the agent itself: in a login shell.
      const poll = (worker.communication.poll_command ?? worker.communication.poll_command_template).replace(
        "--timeout 60",
        "--timeout 0",
      );
      const sent = await world.ask<"observation.nudge">(
        "session-nudge",
        "ada",
        `do: exec ${poll} > polled.json; echo $? > code | say polled`,
      );
      expect(sent.submission).toBe("confirmed");
      await waitUntil(async () => existsSync(join(world.project, "code")), {
        limit_ms: 30_000,
        what: () => "the worker's command",
      });
      expect(readFileSync(join(world.project, "code"), "utf8").trim()).toBe("0");
      expect(JSON.parse(readFileSync(join(world.project, "polled.json"), "utf8"))).toHaveProperty("consumed");

      await saidIn(manager.codex_session_path, /appears to have finished a turn on task greeting/);
      await world.ask<"tasks.finish">("finish-task", "greeting", "--stop-worker", "--stop-manager");
      await waitUntil(async () => processesOf(home).length === 0, {
        what: () => `the end of all processes, Dispatch among them; these live: ${processesOf(home).join(", ")}`,
      });
    });
  });

  it("is registered from two plain sessions that share its background process, or the refusal says how", {
    timeout: LIMIT_MS,
    retry: 1,
  }, async () => {
    await withCodex(version, async ({ world, home }) => {
      appendFileSync(
        join(home.path, "config.toml"),
        `\n[projects.${JSON.stringify(world.project)}]\ntrust_level = "trusted"\n`,
      );
      const panes = await Promise.all((["worker", "manager"] as const).map((role) => plainSession(world, role)));
      await waitUntil(async () => rolloutsOf(home).filter((path) => userTexts(path).length > 0).length === 2, {
        limit_ms: 30_000,
        what: () => "two sessions that have begun",
      });
      const words = ({ role, pid }: { role: string; pid: number }) => [
        `register-${role}`,
        "--name",
        role,
        "--pid",
        String(pid),
      ];
      if (version === "0.169.0") {
        // Its titles do not name their thread.
        const refused = await world.refused(...words(panes[0] as (typeof panes)[number]));
        expect([refused.code, refused.error.code]).toEqual([2, "ambiguous"]);
        for (const told of ["codex --no-daemon", "You are a worker.", "You are a manager."])
          expect(refused.error.hint).toContain(told);
        return;
      }
      for (const pane of panes) {
        const { codex_session_path } = await world.ask<"sessions.registerWorker">(...words(pane));
        expect(userTexts(codex_session_path ?? "")[0]).toBe(`You are a ${pane.role}. Wait for instructions.`);
      }
    });
  });
});

/** A session as a person starts it: without `--no-daemon`. */
async function plainSession(world: World, role: "worker" | "manager"): Promise<{ role: string; pid: number }> {
  const { PATH = "" } = world.callerEnv;
  const argv = [
    "-L",
    world.tmux_socket,
    "-f",
    "/dev/null",
    "new-session",
    "-d",
    "-s",
    role,
    "-x",
    "120",
    "-y",
    "40",
    "-c",
    world.project,
  ];
  const program = ["codex", `You are a ${role}. Wait for instructions.`];
  const { TMUX: _tmux, ...env } = world.callerEnv;
  const out = execFileSync("tmux", [...argv, "-P", "-F", "#{pane_pid}", ...program], {
    encoding: "utf8",
    env: { ...env, PATH },
  });
  return { role, pid: Number(out.trim()) };
}

function rolloutsOf(home: CodexHome): string[] {
  const folder = join(home.path, "sessions");
  if (!existsSync(folder)) return [];
  return (readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => /rollout-[^/]*\.jsonl$/.test(name))
    .map((name) => join(folder, name));
}
