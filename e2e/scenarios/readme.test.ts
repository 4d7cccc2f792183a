import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { installCodexShim } from "../support/scripted-agent/launch.ts";
import { waitUntil } from "../support/scripted-agent/wait.ts";
import { blocksOf, shownLine } from "../support/world/markdown.ts";
import { start, told } from "../support/world/process.ts";
import { REPOSITORY, type World, withWorld } from "../support/world/world.ts";

const LIMIT_MS = 120_000;
const README = readFileSync(join(REPOSITORY, "README.md"), "utf8");
const EXAMPLE = join(REPOSITORY, "docs/examples/wait-for-completion.mjs");

/** The steps of a tour: shell blocks with its name, and the output that is shown below some of them. */
function tourOf(markdown: string, name: string) {
  const blocks = blocksOf(markdown);
  return blocks.flatMap(({ info, text }, index) => {
    if (!info.startsWith(`sh ${name}`)) return [];
    const after = blocks[index + 1];
    return [
      { script: text, exit_code: info.endsWith("refused") ? 1 : 0, shown: after?.info === "text" ? after.text : "" },
    ];
  });
}

/** How many agents have written a rollout and ended their first turn. */
function ready(world: World): number {
  mkdirSync(world.codex_home, { recursive: true });
  return readdirSync(world.codex_home, { recursive: true })
    .filter((name) => /rollout-.*\.jsonl$/.test(String(name)))
    .filter((name) => /"task_complete"/.test(readFileSync(join(world.codex_home, String(name)), "utf8"))).length;
}

/** Type a tour as it stands; `afterFirst` is what its reader waits for behind the first block. */
async function takeTour(world: World, name: string, afterFirst: () => Promise<void> = async () => {}): Promise<void> {
  const steps = tourOf(README, name);
  expect(steps.length).toBeGreaterThan(1);
  const tools = join(world.root, "tools");
  const agent = { SCRIPTED_AGENT_TURN_MS: "100", SCRIPTED_AGENT_TRUST_PROMPT: name === "tour" ? "1" : "" };
  await installCodexShim(tools, { CODEX_HOME: world.codex_home, ...agent });
  const env = { ...world.env, PATH: `${tools}:${world.env["PATH"]}` };
  for (const [index, { script, exit_code, shown }] of steps.entries()) {
    // The reader's machine has the default port to itself; this one may not.
    const typed = script.replace("serve --detach", "serve --detach --port 0");
    const ran = await (await start(["sh", "-ec", typed], { cwd: world.project, env })).done;
    expect(ran.code, told(ran)).toBe(exit_code);
    for (const line of shown.split("\n").filter((own) => own.trim() !== "" && own.trim() !== "…")) {
      expect(`${ran.stdout}${ran.stderr}`, script).toMatch(shownLine(line));
    }
    if (index === 0) await afterFirst();
  }
}

it("the tour of the README does what it says, word for word, and leaves nothing running", {
  timeout: LIMIT_MS,
}, async () => {
  await withWorld({}, async (world) => {
    await takeTour(world, "tour");
    expect(await world.ask<"tasks.list">("tasks")).toMatchObject([{ name: "parser", state: "done" }]);
    const dispatchers = async () => (await world.ask<"dispatch.overview">("dispatch", "status")).dispatchers;
    await waitUntil(async () => (await dispatchers()).every(({ state }) => state === "stopped"), {
      what: () => "the end of the pair's dispatcher",
    });
  });
});

it("sessions that were started by hand can be registered as the README says", { timeout: LIMIT_MS }, async () => {
  await withWorld({}, async (world) => {
    await takeTour(world, "by-hand", () =>
      waitUntil(async () => ready(world) === 2, { what: () => "two agents that have answered" }),
    );
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
