import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeWorld, type World } from "../testing/run-cli.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.remove());

const task = async (name: string) => {
  expect((await world.cli("tasks", "--create", name, "--goal", "g")).code).toBe(0);
  return name;
};
const json = (text: string) => JSON.parse(text);

describe("manager-config", () => {
  it("prints JSON without being asked for it, and values may begin with dashes", async () => {
    const name = await task("dashes");
    const { code, stdout } = await world.cli("manager-config", name, "--objective=--help is short", "--mode", "strict");
    expect(code).toBe(0);
    expect(json(stdout)).toMatchObject({ objective: "--help is short", supervision_mode: "strict", revision: 1 });
  });

  it("lists the valid words when one is wrong, and names the flag of bad JSON", async () => {
    const name = await task("wrong");
    const mode = await world.cli("manager-config", name, "--mode", "harsh");
    expect(mode).toMatchObject({ code: 2, stdout: "" });
    expect(mode.stderr).toContain("light, guided, strict");
    const epilogue = await world.cli("manager-config", name, "--epilogue", "party");
    expect(epilogue.stderr).toContain("run-tools, draft-pr, subagent-review, record-handoff");
    const broken = await world.cli("manager-config", name, "--permissions-json", "{");
    expect(broken).toMatchObject({ code: 2, stdout: "" });
    expect(broken.stderr).toContain("--permissions-json is not valid JSON");
  });

  it("warns of an unknown grant on stderr and in the document", async () => {
    const { code, stdout, stderr } = await world.cli("manager-config", await task("grants"), "--permit", "repo.fly");
    expect(code).toBe(0);
    expect(json(stdout).warnings).toEqual(["unknown_permission: repo.fly"]);
    expect(stderr).toContain("warning: unknown_permission: repo.fly");
  });

  it("shows questions whatever else is given, and refuses to be asked two ways at once", async () => {
    const name = await task("questions");
    const { code, stdout } = await world.cli("manager-config", name, "--questions", "--mode", "light");
    expect(code).toBe(0);
    expect(json(stdout).questions).toHaveLength(11);
    expect((await world.cli("manager-config", name, "--questions", "--interactive")).code).toBe(2);
  });
});

describe("manager-config --interactive where nobody sits at a terminal", () => {
  const answers = (...lines: string[]) => ({ stdin: lines.map((line) => `${line}\n`).join("") });

  it("takes one line for each question, keeps the default of an empty one, and asks on stderr", async () => {
    const name = await task("piped");
    await world.cli("manager-config", name, "--objective", "keep me", "--permit", "repo.open_pr");
    const { code, stdout, stderr } = await world.cliIn(
      answers("ux polish", "strict", "", "a, b", "", "docs/plan.md", "no", "y", "", "", "run-tools", "off", "true"),
      ...["manager-config", name, "--interactive"],
    );
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain('recipe_name: "ux polish" is not one of');
    const again = await world.cliIn(
      answers("ux-polish-loop", "strict", "", "a, b", "", "docs/plan.md", "no", "y", "", "", "run-tools", "off", "1"),
      ...["manager-config", name, "--interactive"],
    );
    expect(again.code).toBe(0);
    expect(again.stderr).toContain("May the manager have a pull request opened? [yes]");
    expect(json(again.stdout)).toMatchObject({
      recipe_name: "ux-polish-loop",
      supervision_mode: "strict",
      objective: "keep me",
      guidelines: ["a", "b"],
      acceptance_criteria: ["All four visual artefacts and the adversarial proof are recorded."],
      reference_paths: ["docs/plan.md"],
      tools: ["verification.run_playwright"],
      epilogues: ["run-tools"],
      nudge_on_completion: "off",
      permissions: { repo: ["merge_green_pr"], worker_session: [] },
      require_acks: true,
      revision: 2,
    });
  });

  it("writes nothing when the answers end before the questions do", async () => {
    const name = await task("short");
    const { code, stderr } = await world.cliIn(answers("", "strict"), "manager-config", name, "--interactive");
    expect(code).toBe(2);
    expect(stderr).toContain("the answers ended before the questions did");
    expect(json((await world.cli("manager-config", name)).stdout)).toMatchObject({
      revision: 1,
      supervision_mode: "guided",
    });
  });
});

describe("manager-config --interactive at a terminal", () => {
  const UP = "\u001b[A";

  /** A person who answers each prompt with the keys for the question whose words are on the screen. */
  function person(keys: readonly (readonly [asked: string, typed: string])[]) {
    const input = new PassThrough();
    // A terminal stays open when a prompt ends.
    const output = Object.assign(new PassThrough(), { end: () => output });
    let shown = "";
    const left = [...keys];
    output.on("data", (chunk) => {
      shown += String(chunk);
      const [next] = left;
      // A long question is broken over lines, also within a word.
      const bare = (text: string) => stripVTControlCharacters(text).replaceAll(/\s+/g, "");
      if (next === undefined || !bare(shown).includes(bare(next[0]))) return;
      left.shift();
      shown = "";
      setImmediate(() => input.write(next[1]));
    });
    return { input, output };
  }

  it("asks with prompts and writes the answers in one revision", async () => {
    const name = await task("asked");
    const prompts = person([
      ["Which ready-made way", "\r"],
      ["How structured", `${UP}\r`],
      ["work towards", "Follow the plan\r"],
      ["limits", "stay inside, ask first\r"],
      ["again and again", "\r"],
      ["kept at hand", "\r"],
      ["pull request opened", "y\r"],
      ["merged", "\r"],
      ["compacted", "\r"],
      ["Which tools", "git\r"],
      ["Which steps", " \r"],
      ["proposals for what comes next", "\r"],
      ["acknowledged the contract", "y\r"],
    ]);
    const { code, stdout } = await world.cliIn({ prompts }, "manager-config", name, "--interactive");
    expect(code).toBe(0);
    expect(json(stdout)).toMatchObject({
      recipe_name: "custom",
      objective: "Follow the plan",
      guidelines: ["stay inside", "ask first"],
      permissions: { repo: ["open_pr"], worker_session: [] },
      tools: ["git"],
      epilogues: ["draft-pr"],
      nudge_on_completion: "ask-operator",
      require_acks: true,
      revision: 1,
    });
    expect(json(stdout).supervision_mode).not.toBe("guided");
  });

  it("writes nothing when the person leaves", async () => {
    const name = await task("left");
    const prompts = person([["Which ready-made way", "\u0003"]]);
    const { code, stdout } = await world.cliIn({ prompts }, "manager-config", name, "--interactive");
    expect(code).toBe(130);
    expect(stdout).toBe("");
    expect(json((await world.cli("manager-config", name, "--questions")).stdout).questions[2].default).toBeNull();
  });
});

describe("manager-permission", () => {
  it("answers with 0, and with 1 when it is required and denied, the document on stdout each time", async () => {
    const name = await task("permitted");
    const denied = await world.cli("manager-permission", name, "repo.open_pr");
    expect([denied.code, json(denied.stdout).allowed]).toEqual([0, false]);
    const required = await world.cli("manager-permission", name, "repo.open_pr", "--require");
    expect([required.code, json(required.stdout).reasons]).toEqual([1, ["missing_manager_config"]]);
    await world.cli("manager-config", name, "--allow-pr");
    expect((await world.cli("manager-permission", name, "create_pr", "--require")).code).toBe(0);
    const typo = await world.cli("manager-permission", name, "repo.open_prs", "--require");
    expect(typo).toMatchObject({ code: 2, stdout: "" });
    expect(typo.stderr).toContain("did you mean repo.open_pr?");
    expect((await world.cli("manager-permission", name)).code).toBe(2);
  });
});

describe("manager-recipes", () => {
  it("needs no ledger, takes --path, and lists one a line", async () => {
    const { code, stdout } = await world.cli("manager-recipes", "--list", "--path", "/nowhere/x.db");
    expect(code).toBe(0);
    const rows = stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split("\t"));
    expect(rows).toHaveLength(8);
    expect(rows.find(([name]) => name === "test-coverage-loop")?.[1]).toBe("mode=strict loop=test_coverage_loop");
  });

  it("refuses both forms at once and a recipe that there is none of", async () => {
    expect((await world.cli("manager-recipes", "--list", "--show", "ship it")).code).toBe(2);
    const unknown = await world.cli("manager-recipes", "--show", "world peace");
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("nudge-whats-next");
  });

  it("prints a command for each recipe that records just that recipe", async () => {
    const { recipes } = json((await world.cli("manager-recipes", "--list", "--json")).stdout);
    for (const recipe of recipes) {
      const name = await task(`by-${recipe.name}`);
      const argv = recipe.manager_config_command.slice(1).map((word: string) => (word === "<task>" ? name : word));
      const { code, stdout } = await world.cli(...argv);
      expect(code, recipe.name).toBe(0);
      const config = json(stdout);
      expect(config).toMatchObject({
        recipe_name: recipe.name,
        supervision_mode: recipe.mode,
        objective: recipe.objective,
        guidelines: recipe.guidelines,
        acceptance_criteria: recipe.acceptance,
        tools: recipe.tools,
        epilogues: recipe.epilogues,
      });
      const granted = Object.entries(config.permissions as Record<string, string[]>).flatMap(([category, actions]) =>
        actions.map((action) => `${category}.${action}`),
      );
      expect(granted.sort()).toEqual([...recipe.permissions].sort());
    }
    const shown = await world.cli("manager-recipes", "--show", "test coverage");
    expect(shown.stdout).toContain("loop template: test_coverage_loop");
    expect(shown.stdout).toContain("conveyor manager-config <task> --recipe test-coverage-loop");
  });
});

describe("worker-ack, manager-ack, handoff and criteria-plan", () => {
  it("tell invalid JSON, what is no object and what is too long apart, and write nothing", async () => {
    const name = await task("acks");
    const ack = (stdin: string) => world.cliIn({ stdin }, "worker-ack", name, "--from-stdin");
    const broken = await ack("{");
    expect(broken).toMatchObject({ code: 2, stdout: "" });
    expect(broken.stderr).toContain("standard input is not valid JSON");
    const list = await ack("[1]");
    expect(list).toMatchObject({ code: 2, stdout: "" });
    expect(list.stderr).toContain("--from-stdin");
    const long = await ack(JSON.stringify({ text: "x".repeat(2 * 1024 * 1024) }));
    expect(long).toMatchObject({ code: 2, stdout: "" });
    expect(long.stderr).toContain("must not be longer than 1 MiB");
    expect((await world.cli("worker-ack", name, "--json")).stdout).toBe("null\n");
  });

  it("name the flag of a payload that is none", async () => {
    const name = await task("payloads");
    const handoff = (...argv: string[]) => world.cli("handoff", name, ...argv);
    expect((await handoff()).stderr).toContain("--summary");
    expect((await handoff("--summary", "s", "--payload-json", "nope")).stderr).toContain("--payload-json");
    expect((await handoff("--summary", "s", "--payload-json", "[]")).stderr).toContain("--payload-json");
    expect((await handoff("--summary", " ")).code).toBe(2);
    expect((await handoff("--summary", "s")).code).toBe(0);
  });

  it("print commands to look through, with quotes only where a shell needs them", async () => {
    const name = await task("plans");
    const stdin = "Must-have:\n- it's green\n- finish-task works\nFollow-up:\n- none\n";
    const { code, stdout, stderr } = await world.cliIn({ stdin }, "criteria-plan", name, "--from-stdin");
    expect(code).toBe(0);
    expect(stdout).toContain(
      `  1. conveyor criteria plans --add --criterion 'it'"'"'s green' --source worker_proposed`,
    );
    expect(stdout).toContain("can follow later:\n  none\n");
    expect(stderr).toContain("warning: this speaks of closing the task");
    const named = await world.cli(
      "criteria-plan",
      name,
      "--from-text",
      stdin,
      "--path",
      "state/workerctl.db",
      "--json",
    );
    expect(json(named.stdout).suggestions[0].command.at(-1)).toBe(`${world.folder}/state/workerctl.db`);
    const missing = await world.cli("criteria-plan", name, "--from-worker-response", "nothing.md");
    expect(missing).toMatchObject({ code: 2, stdout: "" });
    expect(missing.stderr).toContain("nothing.md does not exist");
    expect((await world.cli("criteria-plan", name)).code).toBe(2);
  });
});
