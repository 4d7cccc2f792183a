import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { allOperations } from "../../../packages/contracts/src/index.ts";
import { PROMPT_NAMES, promptText } from "../../../packages/core/src/autonomy/prompts.ts";
import { heartbeatRecommendations } from "../../../packages/core/src/autonomy/recommendations.ts";
import { managerPrompt } from "../../../packages/core/src/startup/prompts/manager.ts";
import { plainPrompt, setUpTemplates } from "../../../packages/core/src/startup/prompts/plain.ts";
import { pairedWorkerPrompt, standByPrompt } from "../../../packages/core/src/startup/prompts/worker.ts";
import { testTask, workerContract } from "../../../packages/core/src/workers/contract.ts";
import { root } from "../../../tools/build/build.ts";
import { writeManifest } from "../../../tools/cli/manifest.ts";
import { builtIn } from "./testing/call-sites.ts";
import { type Printed, printedIn, readBuilt, readPrinted, readWords } from "./testing/printed.ts";

beforeAll(() => {
  writeManifest();
});

const program = { program: "PATH='/opt/it is':$PATH conveyor", ledger_path: "/repo/my project/workerctl.db" };
const task = "it's $(one)";
const facts = { task, worker: "ada", manager: "bob", run: null, dispatcher_id: "night shift" };
const manager = { name: "bob", cwd: "/repo", task, goal: "g", worker: "ada" };

/** Every text in a value, one per line. */
const textOf = (value: unknown): string => {
  if (typeof value === "string") return value;
  return value !== null && typeof value === "object" ? Object.values(value).map(textOf).join("\n") : "";
};

/** What agents are told: every kind of prompt, with all that it may depend on. */
const PROMPTS: Readonly<Record<string, string>> = {
  recommendations: textOf(heartbeatRecommendations(program, facts)),
  ...Object.fromEntries(PROMPT_NAMES.map((name) => [name, promptText(name, program, facts)])),
  "a manager without set-up": managerPrompt(program, { ...manager, config: null }),
  "a manager with set-up": managerPrompt(program, { ...manager, config: { tools: ["git"], questions: ["Which?"] } }),
  "an unbound manager": managerPrompt(program, { ...manager, task: null, goal: null, worker: null, config: null }),
  "a plain agent": plainPrompt(program, { session: "scratch", cwd: "/repo" }),
  "set-up templates": textOf(setUpTemplates(program, { session: "scratch", cwd: "/repo" })),
  "a paired worker": pairedWorkerPrompt(program, { name: "ada", task, prompt: "Split the parser" }),
  "a worker with a folder": workerContract(program, {
    name: "ada",
    task: testTask("ada"),
    identity_token: "t",
    status_file: "/s",
  }),
};
/** Those that tell an agent what to do in words alone. */
const WITHOUT_COMMANDS = [standByPrompt({ name: "ada", cwd: "/repo" })];

/** What a reader puts into the open places. */
const SLOTS: Readonly<Record<string, string>> = {
  id: "7",
  role: "worker",
  state: "running_tests",
  "receipt.event_id": "telemetry-1",
  "action.thread.id": "thr-1",
  json: '{"exit_code":0}',
  pid: "4242",
};

/** The command lines of a prompt as they stand there: each ends with the ledger and, where it prints, `--json`. */
const linesOf = (text: string) =>
  text.match(/PATH='[^']*':\$PATH conveyor [a-z-]+ [^\n]*?--path '[^']*'(?: --json)?/g) ?? [];

/** The words that a shell makes of a line once its open places are filled. */
function wordsOf(line: string): string[] {
  const filled = line
    .replace(/^PATH='[^']*':\$PATH /, "")
    .replace(/<([^<>]+)>/g, (_slot, name: string) => `'${SLOTS[name] ?? "text"}'`);
  const script = `set -- ${filled}; printf '%s\\0' "$@"`;
  return execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1);
}

describe.each(Object.entries(PROMPTS))("the commands of %s", (_name, text) => {
  const lines = [...new Set(linesOf(text))];

  it("are there, each with its prefix and its ledger", () => {
    expect(lines.length).toBeGreaterThan(0);
    expect(linesOf(text)).toHaveLength(text.match(/\bconveyor [a-z]+-?[a-z-]* (?:'|<|--)/g)?.length ?? 0);
  });

  it.each(lines)("are accepted by the command line: %s", async (line) => {
    const [name, ...words] = wordsOf(line);
    expect(name).toBe("conveyor");
    const call = await readWords(words);
    expect(call.ledger).toBe(program.ledger_path);
    const operation = allOperations().find(({ path }) => path === call.operation.path);
    const stdin = Object.fromEntries(call.stdin.map(({ field }) => [field, { summary: "done" }]));
    const { error } = operation?.input.strict().safeParse({ ...call.input, ...stdin }) ?? {};
    expect(error).toBeUndefined();
    if (line.includes(`'it'"'"'s`)) expect(textOf(call.input)).toContain(task);
  });
});

it("prompts without commands name none", () => {
  for (const text of WITHOUT_COMMANDS) expect(printedIn(text)).toEqual([]);
});

const SOURCES = ["packages", "apps"].flatMap((folder) => filesIn(folder, /\.tsx?$/));
const DOCUMENTS = ["README.md", ...["apps", "docs", "skills"].flatMap((folder) => filesIn(folder, /\.md$/))];

/**
 * Files that people and agents get to read, or that print; what only tests use is left out, and so is the specification, which
 * tells of what is still to come in a notation of its own.
 */
function filesIn(folder: string, names: RegExp): string[] {
  return (readdirSync(join(root, folder), { recursive: true }) as string[])
    .map((name) => join(folder, name))
    .filter(
      (name) =>
        names.test(name) && !/node_modules|generated|dist\/|\.test\.|\/testing\/|docs\/(reference|spec)/.test(name),
    );
}

const textOfFile = (file: string) => readFileSync(join(root, file), "utf8");

/** What is wrong with the lines of each file; nothing, when all is well. */
async function wrongIn(
  files: readonly string[],
  linesOfText: (text: string) => Printed[],
  read: (line: Printed) => Promise<unknown>,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const file of files) {
    for (const line of linesOfText(textOfFile(file))) {
      await read(line).catch((thrown: Error) => wrong.push(`${file}: ${line.join(" ")}: ${thrown.message}`));
    }
  }
  return wrong;
}

describe("what the product can print", () => {
  it("names in hints and messages only commands and flags that exist", async () => {
    expect(SOURCES.flatMap((file) => printedIn(textOfFile(file))).length).toBeGreaterThan(60);
    expect(await wrongIn(SOURCES, printedIn, readPrinted)).toEqual([]);
  });

  it("builds only command lines that lack nothing", async () => {
    expect(SOURCES.flatMap((file) => builtIn(textOfFile(file))).length).toBeGreaterThan(40);
    expect(await wrongIn(SOURCES, builtIn, readBuilt)).toEqual([]);
  });

  it("teaches in documents and skills only commands that exist", async () => {
    expect(DOCUMENTS.flatMap((file) => printedIn(textOfFile(file))).length).toBeGreaterThan(60);
    expect(await wrongIn(DOCUMENTS, printedIn, readPrinted)).toEqual([]);
  });

  it("shows in help only examples that are accepted", async () => {
    const wrong: string[] = [];
    for (const { path, cli } of allOperations()) {
      for (const example of cli.examples ?? []) {
        for (const line of printedIn(example.includes("conveyor ") ? example : `conveyor ${example}`)) {
          await readPrinted(line).catch((thrown: Error) => wrong.push(`${path}: ${example}: ${thrown.message}`));
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  /** Commands of the whole design that no operation has yet; what they will be called must not be said before. */
  const LATER = [
    ...["app-autopilot", "app-smoke", "app-worker-rotation-plan", "app-worker-rotation-record"],
    ...["export-task", "install-plugin", "loop-evidence", "loop-status"],
    ...["loop-templates", "loop-triggers"],
    ...["mutation-audit", "plugin-path", "plugin-status", "qa-plan", "qa-run", "ralph-loop-presets"],
    ...["setup-bundle"],
  ];

  it("does not speak of commands that are still to come", () => {
    const existing = new Set(allOperations().map(({ cli }) => cli.command));
    const names = LATER.filter((name) => !existing.has(name)).map(
      (name) => new RegExp(`(?<![\\w/-])${name}(?![\\w-]|\\.ts)`),
    );
    const spoken = [...SOURCES, ...DOCUMENTS].flatMap((file) => {
      const text = textOfFile(file).replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
      return names.filter((name) => name.test(text)).map((name) => `${file}: ${name.source}`);
    });
    expect(spoken).toEqual([]);
  });
});
