import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { allSpecs } from "../../apps/cli/src/generated/all.ts";
import { parseCall } from "../../apps/cli/src/parse.ts";
import type { Act } from "../../apps/web/src/act/acts.ts";
import { commandLineOf, pairCommandLine, sessionInboxLine } from "../../apps/web/src/act/command-line.ts";
import { operationLine } from "../../apps/web/src/forms/line.ts";
import type { PageField } from "../../apps/web/src/forms/page-operation.ts";
import { pageOperations } from "../../apps/web/src/generated/page-operations.ts";

const task = "it's $(one) -a";
const dashed = "-dash";

/** One of each, with everything in it that the page ever gives. */
const ACTS: readonly Act[] = [
  { path: "bindings.bind", input: { task, worker: "ada", manager: dashed } },
  { path: "bindings.unbind", input: { task: dashed } },
  { path: "checks.accept", input: { check: 3 } },
  { path: "proof.verify", input: { task: dashed } },
  { path: "proof.verify", input: { task, criterion_id: [1, 2] } },
  { path: "criteria.accept", input: { task, criterion_id: 1 } },
  {
    path: "criteria.add",
    input: { task: dashed, criterion: "-v works; `x`", source: "user_requested", status: "accepted" },
  },
  { path: "criteria.defer", input: { task, criterion_id: 2 } },
  { path: "criteria.reject", input: { task, criterion_id: 3 } },
  { path: "criteria.satisfy", input: { task, criterion_id: 4, proof: '--all pass\nin "both"' } },
  { path: "dispatch.cancelCommand", input: { command: "command-1" } },
  {
    path: "dispatch.enqueueNudgeWorker",
    input: { task: dashed, message: "-- stop\n'now'", idempotency_key: "page-1" },
  },
  { path: "dispatch.retryCommand", input: { command: "command-1" } },
  { path: "dispatch.retryCommand", input: { command: "command-1", force: true } },
  { path: "inbox.release", input: { task, notification_id: 3, role: "worker" } },
  { path: "sessions.deregister", input: { session: dashed } },
  { path: "tasks.finish", input: { task: dashed } },
  {
    path: "tasks.finish",
    input: {
      task,
      reason: "-done",
      require_criteria_audit: true,
      require_acks: true,
      stop_worker: true,
      stop_manager: true,
    },
  },
  { path: "tasks.stop", input: { task, reason: "wrong branch", stop_worker: true } },
];

/** The words that a shell makes of a line. */
const words = (line: string): string[] =>
  execFileSync("sh", ["-c", `printf '%s\\0' ${line}`], { encoding: "utf8" })
    .split("\0")
    .slice(0, -1);

/** What the command line reads in a line of the page. */
async function read(line: string) {
  const [program, command, ...argv] = words(line);
  expect(program).toBe("conveyor");
  const spec = allSpecs.find((one) => one.command === command);
  if (spec === undefined) throw new Error(`there is no command ${command}`);
  const { operation, input, stdin } = await parseCall(spec, argv, { cwd: "/", home: "/" });
  return { path: operation.path, input, stdin };
}

/** A value of each type that is hard to type. */
const SAMPLES = { boolean: true, string: "-it's $(one)", integer: 7, number: 1.5, json: { key: "it's" } } as const;

const sampleOf = ({ type, values, repeatable, swallows, field, path }: PageField): unknown => {
  const value = path ? "/it's a folder" : values === undefined ? SAMPLES[type] : values[0];
  // A list of arguments behind a flag is typed as it is; the others come one by one.
  return repeatable || swallows
    ? [value, ...(type === "string" && values === undefined && !path ? [`${field} two`] : [])]
    : value;
};

describe("the command line beside a form that is made of an operation", () => {
  it.each(pageOperations.map((operation) => [operation.path, operation] as const))(
    "does the same as %s, with every field",
    async (path, operation) => {
      const fields = operation.fields.filter(({ field }) => field !== null);
      // Where a command stands behind a double dash, what stands before it cannot begin with one.
      const isBare = ({ flag, rest }: PageField) => flag === null && !rest && fields.some((other) => other.rest);
      const input = Object.fromEntries(
        fields.map((one) => [one.field as string, isBare(one) && one.type === "string" ? "it's" : sampleOf(one)]),
      );
      const line = operationLine(operation, input);
      const called = await read(line);
      expect(called.path).toBe(path);
      expect(called.input).toEqual(input);
    },
  );
});

describe("the command line beside an act of the page", () => {
  it.each(ACTS)("does the same as $path", async (act) => {
    expect(await read(commandLineOf(act))).toEqual({ path: act.path, input: act.input, stdin: [] });
  });

  it.each([task, dashed, "=ls"])("means %s where it only looks, or begins", async (name) => {
    expect(await read(sessionInboxLine(name))).toMatchObject({ path: "inbox.session", input: { session: name } });
    expect(await read(pairCommandLine(name, "-goal"))).toMatchObject({
      path: "startup.pair",
      input: { task: name, task_goal: "-goal", worker_name: `${name}-worker`, manager_name: `${name}-manager` },
    });
  });
});
