import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { installCodexShim } from "../support/scripted-agent/launch.ts";
import { waitUntil } from "../support/scripted-agent/wait.ts";
import { blocksOf } from "../support/world/markdown.ts";
import { start, told } from "../support/world/process.ts";
import { dispatchersEnded, README, takeTour } from "../support/world/tour.ts";
import { REPOSITORY, type World, withWorld } from "../support/world/world.ts";

const LIMIT_MS = 120_000;
const EXAMPLE = join(REPOSITORY, "docs/examples/wait-for-completion.mjs");

/** How many agents have written a rollout and ended their first turn. */
function ready(world: World): number {
  mkdirSync(world.codex_home, { recursive: true });
  return readdirSync(world.codex_home, { recursive: true })
    .filter((name) => /rollout-.*\.jsonl$/.test(String(name)))
    .filter((name) => /"task_complete"/.test(readFileSync(join(world.codex_home, String(name)), "utf8"))).length;
}

/** Put the scripted agent where the tour looks for `codex`. */
async function scriptedCodex(world: World, env: Record<string, string> = {}): Promise<string> {
  const tools = join(world.root, "tools");
  await installCodexShim(tools, { CODEX_HOME: world.codex_home, SCRIPTED_AGENT_TURN_MS: "100", ...env });
  return tools;
}

it("the tour of the README does what it says, and leaves nothing running", { timeout: LIMIT_MS }, async () => {
  await withWorld({}, async (world) => {
    const tools = await scriptedCodex(world, { SCRIPTED_AGENT_TRUST_PROMPT: "1" });
    await takeTour(world, { name: "tour", tools });
    expect(await world.ask<"tasks.list">("tasks")).toMatchObject([{ name: "parser", state: "done" }]);
    await waitUntil(() => dispatchersEnded(world), { what: () => "the end of the pair's dispatcher" });
  });
});

it("sessions that were started by hand can be registered as the README says", { timeout: LIMIT_MS }, async () => {
  await withWorld({}, async (world) => {
    const tools = await scriptedCodex(world);
    const afterFirst = () => waitUntil(async () => ready(world) === 2, { what: () => "two agents that have answered" });
    await takeTour(world, { name: "by-hand", tools, afterFirst });
    expect(await world.ask<"tasks.list">("tasks")).toMatchObject([{ name: "lexer", state: "done" }]);
  });
});

it("the commands of the README's first block exist", () => {
  const { scripts } = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const named = [...README.matchAll(/npx --yes pnpm@12 ([\w:]+)/g)].map(([, name]) => name);
  expect(named).toEqual(expect.arrayContaining(["demo", "test"]));
  for (const name of named.filter((own) => own !== "exec")) expect(Object.keys(scripts)).toContain(name);
  for (const [, file = ""] of README.matchAll(/exec tsx ([^\s`]+)/g))
    expect(existsSync(join(REPOSITORY, file)), file).toBe(true);
  for (const [, target = ""] of README.matchAll(/\]\(([^)#]+)\)/g))
    expect(() => readFileSync(join(REPOSITORY, target)), target).not.toThrow();
});

it("the script of the README is the example, and the example works", { timeout: LIMIT_MS }, async () => {
  const [shown] = blocksOf(README).filter(({ info }) => info === "js");
  expect(readFileSync(EXAMPLE, "utf8")).toContain(shown?.text ?? "no script");
  await withWorld({ mode: "socket", dispatch: "in the server" }, async (world) => {
    const agent = await world.agent("worker-pane");
    await agent.waitForTurns(1);
    await world.ask<"sessions.registerWorker">(
      ...["register-worker", "--name", "ada", "--pid", String(agent.pid), "--tmux-session", "worker-pane"],
    );
    await world.ask<"sessions.registerManager">(
      "register-manager",
      "--name",
      "bob",
      "--codex-session",
      world.rollout(),
    );

    const tsx = join(REPOSITORY, "node_modules/tsx/dist/loader.mjs");
    const running = await start([process.execPath, "--import", tsx, EXAMPLE], { cwd: world.project, env: world.env });
    const isBound = async () => (await world.ask<"sessions.list">("sessions", "--name", "ada"))[0]?.binding !== null;
    await waitUntil(isBound, {
      limit_ms: 30_000,
      what: () => `the script to bind the pair; it said ${running.stderr}`,
    });
    await agent.pane.submit("do: say finished");
    const ran = await running.done;
    expect([ran.code, ran.stdout], told(ran)).toEqual([0, "ada: worker_task_complete\n"]);
  });
});

it("the demo is offered by the program that the README names", async () => {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ["--import", "tsx", join(REPOSITORY, "e2e/demo/run.ts"), "--help"], {
    cwd: REPOSITORY,
  });
  for (const flag of ["--codex", "--open"]) {
    expect(stdout).toContain(flag);
    expect(README).toContain(`demo ${flag}`);
  }
});
