import { execFileSync } from "node:child_process";
import { beforeAll, describe, expect, it } from "vitest";
import { allOperations } from "../../../packages/contracts/src/index.ts";
import { heartbeatRecommendations, promptText } from "../../../packages/core/src/autonomy/index.ts";
import { PROMPT_NAMES } from "../../../packages/core/src/autonomy/prompts/prompts.ts";
import { writeManifest } from "../../../tools/cli/manifest.ts";
import { commands } from "./commands/index.ts";
import { parseCall } from "./parse.ts";

beforeAll(() => {
  writeManifest();
});

const program = { program: "conveyor", ledger_path: "/repo/my project/workerctl.db" };
const facts = { task: "it's $(one)", worker: "ada", manager: "bob", run: null, dispatcher_id: "night shift" };
/** Every text in a value, one per line. */
const textOf = (value: unknown): string => {
  if (typeof value === "string") return value;
  return value !== null && typeof value === "object" ? Object.values(value).map(textOf).join("\n") : "";
};
const texts: Record<string, string> = {
  recommendations: textOf(heartbeatRecommendations(program, facts)),
  ...Object.fromEntries(PROMPT_NAMES.map((name) => [name, promptText(name, program, facts)])),
};

/** What a reader puts into the open places. */
const SLOTS: Record<string, string> = {
  id: "7",
  role: "worker",
  report: "'done: 12 tests pass'",
  instruction: "'run the tests'",
  correlation_id: "slice-4",
  "receipt.event_id": "telemetry-1",
  "action.thread.id": "thr-1",
  reason: "'thread is archived'",
  why: "proven",
};

/** The command lines of a text as they stand there: each ends with the ledger and, where it prints, `--json`. */
const linesOf = (text: string) => text.match(/conveyor [a-z-]+ [^\n]*?--path '[^']*'(?: --json)?/g) ?? [];

/** The words that a shell makes of a line once its open places are filled. */
function wordsOf(line: string): string[] {
  const filled = line.replace(/<([a-z._]+)>/g, (_slot, name: string) => SLOTS[name] ?? `no value for ${name}`);
  const script = `set -- ${filled}; printf '%s\\0' "$@"`;
  return execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1);
}

describe.each(Object.entries(texts))("the commands of %s", (_name, text) => {
  const lines = [...new Set(linesOf(text))];

  it("are there, each with its ledger", () => {
    expect(lines.length).toBeGreaterThan(4);
    expect(linesOf(text)).toHaveLength(text.match(/conveyor [a-z]+-?[a-z-]* (?:'it|--)/g)?.length ?? 0);
  });

  it.each(lines)("are accepted by the command line: %s", async (line) => {
    const [name, command = "", ...argv] = wordsOf(line);
    expect(name).toBe("conveyor");
    const { spec } = (await (commands[command] as NonNullable<(typeof commands)[string]>)()).command;
    const call = await parseCall(spec, argv, { cwd: "/", home: "/" });
    expect(call.ledger).toBe(program.ledger_path);
    const operation = allOperations().find(({ path }) => path === call.variant.path);
    const stdin = Object.fromEntries(call.stdin.map(({ field }) => [field, { summary: "done" }]));
    const { error } = operation?.input.strict().safeParse({ ...call.input, ...stdin }) ?? {};
    expect(error).toBeUndefined();
    if (spec.variants.some(({ arguments: own }) => own[0]?.field === "task"))
      expect(call.input["task"]).toBe(facts.task);
  });
});
