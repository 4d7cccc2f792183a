import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeWorld, type World } from "./testing/run-cli.ts";

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world.remove());

const read = ["inbox-ack", "auth", "--notification-id", "1"];
const write = (status: string) => [...read, "--role", "worker", "--status", status, "--from-stdin"];

/** The rollout of a session without an agent behind it. */
function rollout(number: number): string {
  const id = `00000000-0000-4000-8000-00000000000${number}`;
  const path = join(world.folder, `rollout-2026-01-02T03-04-05-${id}.jsonl`);
  const timestamp = "2026-01-02T03:04:05.000Z";
  const payload = { id, cwd: world.folder, timestamp, originator: "test", cli_version: "0.169.0" };
  writeFileSync(path, `${JSON.stringify({ timestamp, type: "session_meta", payload })}\n`);
  return path;
}

async function run(...argv: string[]): Promise<string> {
  const { code, stdout, stderr } = await world.cli(...argv);
  if (code !== 0) throw new Error(`${argv.join(" ")}: ${stderr}`);
  return stdout;
}

/** A message in the worker's inbox. */
async function delivered(): Promise<void> {
  await run("tasks", "--create", "auth", "--goal", "g");
  await run("register-worker", "--name", "ada", "--codex-session", rollout(1));
  await run("register-manager", "--name", "bob", "--codex-session", rollout(2));
  await run("bind", "--task", "auth", "--worker", "ada", "--manager", "bob");
  await run("enqueue-nudge-worker", "auth", "--message", "run\nthe tests", "--correlation-id", "slice-1");
  await run("dispatch", "--once", "--no-ingest");
}

describe("inbox-ack on the command line", () => {
  it("prints what it recorded as JSON, and the history as text without the words or as JSON with them", async () => {
    await delivered();
    const { code, stdout } = await world.cliIn({ stdin: '{"summary":"my words","evidence":[]}' }, ...write("received"));
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      acknowledgement: { id: 1, status: "received", payload: { summary: "my words" } },
      deduplicated: false,
      receipt: { event_type: "dispatch_inbox_ack_recorded" },
    });
    const told = await run(...read);
    expect(told).toMatch(
      /^#1 nudge_worker \(pull_required\), task auth\nto ada \(worker\), delivered\ndelivered .*Z, taken not yet\n/,
    );
    expect(told).toMatch(/\n1 acknowledgement\n#1\treceived\tworker\t.*Z\t-\tevidence,summary\n$/);
    expect(told).not.toContain("my words");
    expect(JSON.parse(await run(...read, "--json")).latest.payload.summary).toBe("my words");
  });

  it("can say what it recorded in words", async () => {
    await delivered();
    const say = () => world.cliIn({ stdin: "{}" }, ...write("received"), "--human");
    expect((await say()).stdout).toContain("recorded:\n#1\treceived");
    expect((await say()).stdout).toContain("recorded before:\n#1\treceived");
  });

  it("says that nobody has answered yet", async () => {
    await delivered();
    expect(await run(...read)).toMatch(/\nnot acknowledged\n$/);
  });

  it.each([
    ["[]", "invalid_input"],
    ['"text"', "invalid_input"],
    ["not json", "invalid_input"],
    ["", "invalid_input"],
  ])("refuses %j on standard input", async (stdin, code) => {
    await delivered();
    const ran = await world.cliIn({ stdin }, ...write("received"), "--json");
    expect([ran.code, ran.stdout]).toEqual([2, ""]);
    expect(JSON.parse(ran.stderr).error.code).toBe(code);
  });

  it.each([
    [["inbox-ack", "auth"], "--notification-id"],
    [["inbox-ack", "auth", "--notification-id", "0"], "--notification-id"],
    [[...read, "--from-stdin", "--status", "received"], "--role"],
    [[...read, "--from-stdin", "--role", "worker"], "--status"],
    [[...read, "--from-stdin", "--role", "worker", "--status", "done"], "accepted"],
    [[...read, "--role", "worker", "--status", "received"], "inbox-ack --from-stdin"],
  ])("refuses %j and names what is wrong", async (argv, name) => {
    await run("tasks", "--create", "auth", "--goal", "g");
    const ran = await world.cliIn({ stdin: "{}" }, ...argv);
    expect([ran.code, ran.stdout]).toEqual([2, ""]);
    expect(ran.stderr).toContain(name);
  });
});

describe("trace on the command line", () => {
  it("tells the steps with their times and how long they took", async () => {
    await delivered();
    await run("worker-inbox", "auth", "--consume-next");
    await world.cliIn({ stdin: '{"summary":"my words"}' }, ...write("accepted"));
    const told = await run("trace", "slice-1");
    expect(told).toMatch(/^correlation slice-1, task auth\n\d+ steps\n\d{4}-\d\d-\d\d\n/);
    expect(told).toMatch(/\n\d\d:\d\d:\d\d\.\d{3} conveyor {2}command {3}instruction succeeded\n/);
    expect(told).toMatch(/ worker {4}answer {4}worker acknowledged notification #1 as accepted\n/);
    expect(told).toMatch(
      /\n\d\d:\d\d:\d\d\.\d{3} dispatch {2}telemetry dispatch_inbox_consumed: ada took a nudge_worker\n/,
    );
    const [heads, ...rows] = told.trimEnd().split("\n").slice(-2);
    expect(heads).toBe("message\tnotification\tto claim\tto delivery\tto taking\tto answer");
    expect(rows[0]).toMatch(/^nudge_worker command-[^\t]+\t#1(\t\d+(\.\d)? m?s){4}$/);
    expect(told).not.toMatch(/the tests|my words/);
  });

  it("shows what was said when asked to", async () => {
    await delivered();
    await world.cliIn({ stdin: '{"summary":"my words"}' }, ...write("received"));
    const told = await run("trace", "slice-1", "--include-content");
    expect(told).toContain("\n    run\n    the tests\n");
    expect(told).toContain('\n    {"summary":"my words"}\n');
  });

  it("refuses an id that nothing bears, and says how to find one", async () => {
    await run("tasks", "--create", "auth", "--goal", "g");
    const { code, stdout, stderr } = await world.cli("trace", "nothing");
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^error: nothing bears the correlation id "nothing"\nhint: .*commands/);
  });
});
