import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Answer } from "../support/world/answers.ts";
import { blocksOf } from "../support/world/markdown.ts";
import { REPOSITORY, type World, withWorld } from "../support/world/world.ts";

const FOLDERS = ["skills", join("plugin", "skills")].map((folder) => join(REPOSITORY, folder));
const SKILLS = new Map(
  FOLDERS.flatMap((folder) =>
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => [name, join(folder, name, "SKILL.md")] as const),
  ),
);
const names = [...SKILLS.keys()];
const textOf = (name: string) => readFileSync(SKILLS.get(name) ?? "", "utf8");

/** The words of a command line as the shell would give them; enough for the quoting that the skills use. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, "$1$2"),
  );
}

/** What a reader puts where the skills say that something of his own belongs. */
const PLACES: Readonly<Record<string, string>> = {
  ...{ ID: "1", CYCLE_ID: "7", RUN: "nightly", $PPID: String(process.pid), COUNT: "2", ITERATION: "2" },
  ...{ TASK: "auth", TASKS: "auth,billing", WORKER_THREAD: "thr-w", MANAGER_THREAD: "thr-m", GOAL: "log in" },
  ...{ SMOKE_ID: "smoke-1", NONCE: "word", RECEIPT: "telemetry-1", AUTOMATION: "automation-1", PASS: "pass-1" },
};

interface CommandLine {
  words: string[];
  /** What is piped into it. */
  input: string;
}

/** Every command line in the shell blocks of a skill. */
function commandsOf(markdown: string): CommandLine[] {
  const unindented = markdown.replaceAll(/^ {3}/gm, "");
  const lines = blocksOf(unindented)
    .filter(({ info }) => info === "sh")
    .flatMap(({ text }) => text.split("\n"));
  return lines.flatMap((line) => {
    const [, input = "", command] = line.match(/^(?:echo '([^']*)' \| )?conveyor (.+)$/) ?? [];
    return command === undefined ? [] : [{ words: wordsOf(command).map((word) => PLACES[word] ?? word), input }];
  });
}

/** `--flag` words that a command's help lists. */
async function flagsOf(world: World, command: string): Promise<Set<string>> {
  const { code, stdout } = await world.cli(command, "--help");
  expect([command, code]).toEqual([command, 0]);
  return new Set(stdout.match(/--[a-z][a-z-]*/g));
}

it.each(names)(
  "%s describes itself and teaches only commands and flags that exist",
  { timeout: 60_000 },
  async (name) => {
    const text = textOf(name);
    expect(text).toMatch(new RegExp(`^---\\nname: ${name}\\ndescription: .{40,1000}\\n---\\n`));
    const commands = commandsOf(text);
    // A skill that is about Conveyor itself must teach it; one that only comes along need not mention it.
    if (name === "manage-codex-workers") expect(commands.length).toBeGreaterThan(10);
    await withWorld({}, async (world) => {
      const known = new Map<string, Set<string>>();
      for (const {
        words: [command = "", ...words],
      } of commands) {
        const flags = known.get(command) ?? (await flagsOf(world, command));
        known.set(command, flags);
        for (const word of words.filter((own) => own.startsWith("--")))
          expect([...flags], `${command} ${word}`).toContain(word);
      }
      // Prose names commands as well: what looks like one in backticks must be one.
      for (const [, command = "", flag] of text.matchAll(/`conveyor ([a-z-]+)(?: (--[a-z-]+))?[^`]*`/g)) {
        const flags = known.get(command) ?? (await flagsOf(world, command));
        if (flag !== undefined) expect([...flags]).toContain(flag);
      }
    });
  },
);

it.each(names)("%s marks what its reader has to put in, and nothing else", (name) => {
  const text = textOf(name);
  const words = blocksOf(text.replaceAll(/^ {3}/gm, "")).flatMap(
    ({ text: block }) => block.match(/(?<=\s)[A-Z$][A-Z_]+\b/g) ?? [],
  );
  expect(Object.keys(PLACES)).toEqual(expect.arrayContaining([...new Set(words)]));
  // A number of this ledger cannot be known when the skill is written.
  expect(text).not.toMatch(/--(cycle-id|notification-id|reply-to|accept|satisfy|defer|reject|pid) \d/);
});

it.each(names)("the command lines of %s are accepted as they stand", { timeout: 120_000 }, async (name) => {
  const commands = commandsOf(textOf(name));
  await withWorld({}, async (world) => {
    await world.ask<"tasks.create">("tasks", "--create", "another", "--goal", "a ledger");
    for (const { words, input } of commands) {
      // Against a ledger with nothing else most are refused, because nothing of that name exists; none may be wrong usage.
      const argv = [...words.map((word) => (word === "60" ? "0" : word)), "--json"];
      const ran = await (await world.begin(argv, { input })).done;
      const code = ran.stderr.startsWith("{") ? JSON.parse(ran.stderr).error.code : null;
      expect([words.join(" "), ["usage", "invalid_input", "internal"].includes(code)]).toEqual([
        words.join(" "),
        false,
      ]);
    }
  });
});

it("the operator plugin is installed with all skills, and says of which version they are", {
  timeout: 60_000,
}, async () => {
  await withWorld({}, async (world) => {
    const home = join(world.project, "codex-home");
    const of = ["--codex-home", home] as const;
    const before = await world.ask<"system.pluginStatus">("plugin-status", ...of);
    expect(before).toMatchObject({ installed: false, version_matches: false });
    expect((await world.ask<"system.installPlugin">("install-plugin", ...of, "--dry-run")).installed).toBe(false);
    const done = await world.ask<"system.installPlugin">("install-plugin", ...of);
    expect(done.installed_skills.sort()).toEqual([...names].sort());
    const after = await world.ask<"system.pluginStatus">("plugin-status", ...of);
    expect(after).toMatchObject({ installed: true, version_matches: true, installed_version: after.package_version });
    expect(after.skills.every(({ current }) => current)).toBe(true);
    expect(await world.ask<"system.pluginPath">("plugin-path", ...of)).toEqual(after.paths);
    // What else the machine lacks is not looked at here.
    const doctor: Answer<"system.doctor"> = JSON.parse((await world.cli("doctor", ...of, "--json")).stdout);
    const checks = doctor.checks.filter(({ name }) => name.startsWith("plugin_"));
    expect(checks.map(({ name, ok }) => [name, ok])).toEqual([
      ["plugin_installed", true],
      ["plugin_version_matches", true],
      ["plugin_skills_installed", true],
    ]);
  });
});

it("a skill is shown as an agent gets it, and installed so for either", { timeout: 60_000 }, async () => {
  await withWorld({}, async (world) => {
    const { skills } = await world.ask<"system.listSkills">("skill", "list");
    expect(skills.map(({ name }) => name).sort()).toEqual([...names].sort());
    expect(skills.filter(({ description }) => description.length < 40)).toEqual([]);
    const shown = await world.ask<"system.showSkill">("skill", "show", "--for", "claude");
    expect(shown.markdown).toContain(`version: "${shown.version}"`);
    expect(shown.markdown).not.toMatch(/<!--|create_thread/);
    const text = (await world.cli("skill", "show")).stdout;
    expect(text).toMatch(/^---\nname: manage-codex-workers\n/);
    expect(text).toContain("create_thread");
    const home = join(world.project, "claude");
    const done = await world.ask<"system.installSkills">("install-skills", "--for", "claude", "--claude-home", home);
    expect(readFileSync(join(done.skills[0]?.target ?? "", "SKILL.md"), "utf8")).toBe(shown.markdown);
    expect((await world.refused("skill", "show", "nothing")).code).toBe(2);
  });
});

/** What the skill has to convey, as words that a reader finds in it (spec 06 §6.9, rules 1 to 26). */
const CONVEYS: readonly (string | RegExp)[] = [
  "`workerctl` is only an alias",
  "A name\n  that is taken gets a suffix",
  "app_visible_build_loop",
  "only with a fresh worker or a\nreal clean-up receipt",
  "communication.poll_command",
  "CONVEYOR POLL, IDLE, RECEIVED, WORK, SEND and DISPATCH",
  "ralph_loop_iteration_advanced",
  "readiness.autonomous_ready",
  "stop_autopilot",
  "Never send `/compact` or `/clear` to an app thread",
  "--require-criteria-audit",
  "control-plane blocker",
  "dashboard-<CODE>-worker",
  "locked summary",
  "Test Coverage Loop, UX Polish Loop, Nudge / What's Next Manager",
  "worker_compact_clear --require-handoff --require",
  '"ship it" grants nothing',
  "Try to disprove a result",
  "criteria_negotiation",
  "loop-triggers --classify",
  "satisfied_on_main",
  "manager_merge_decision",
  "never a permission to publish",
  "redirect what `--include-content` prints",
  "real_work_allowed",
];

it.each(CONVEYS)("the skill conveys %s", (words) => {
  expect(textOf("manage-codex-workers")).toContain(words);
});
