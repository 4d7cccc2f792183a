import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeWorld, type World } from "./testing/run-cli.ts";

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world.remove());

const ledger = () => world.cli("tasks", "--create", "auth", "--goal", "split the parser");

/** The rollout of a worker that asks something. */
function asking(number = "1"): string {
  const id = `00000000-0000-4000-8000-00000000000${number}`;
  const path = join(world.folder, `rollout-2026-01-02T03-04-05-${id}.jsonl`);
  const timestamp = "2026-01-02T03:04:05.000Z";
  const call = { type: "function_call", name: "request_user_input", call_id: "c1", arguments: "{}" };
  const records = [
    {
      timestamp,
      type: "session_meta",
      payload: { id, cwd: world.folder, timestamp, originator: "t", cli_version: "0.169.0" },
    },
    { timestamp, type: "event_msg", payload: { type: "task_started", turn_id: "turn-1" } },
    { timestamp, type: "response_item", payload: call },
  ];
  writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  return path;
}

async function worker(): Promise<void> {
  await world.cli("register-worker", "--name", "ada", "--codex-session", asking());
  await world.cli("ingest", "ada");
}

describe("the program's name alone", () => {
  it("is the overview on a terminal, and the help in a pipe", async () => {
    await ledger();
    await worker();
    const { code, stdout } = await world.cliIn({ terminal: 120, env: { NO_COLOR: "1" } });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^1 open task, 1 session \(1 waiting\); nobody delivers messages/);
    expect(stdout).toContain("! question: worker ada waits for an answer to its question");
    expect(stdout).toMatch(/\nnext: conveyor inspect 'ada' /);
    const { stdout: same } = await world.cliIn({ terminal: 120, env: { NO_COLOR: "1" } }, "overview");
    expect(same.split("\n")[0]).toBe(stdout.split("\n")[0]);
    expect((await world.cli()).stdout).toMatch(/^usage: conveyor/);
  });

  it("says how to begin where there is no ledger, and makes none", async () => {
    const { code, stdout, stderr } = await world.cliIn({ terminal: 100, env: { NO_COLOR: "1" } });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("conveyor pair --task NAME");
    expect((await world.cli("tasks")).code).toBe(2);
  });

  it("takes the ledger that is named before", async () => {
    const elsewhere = join(world.folder, "other", "workerctl.db");
    await world.cli("tasks", "--create", "there", "--goal", "g", "--path", elsewhere);
    expect((await world.cliIn({ terminal: 100 }, "--path", elsewhere)).stdout).toContain("there");
  });
});

describe("ps, inbox and inspect on the command line", () => {
  it("ps prints documents in a pipe, aligned lines with symbols on a terminal; -a is --all", async () => {
    await ledger();
    await worker();
    expect(JSON.parse((await world.cli("ps")).stdout)).toMatchObject([{ name: "ada" }, { name: "auth" }]);
    const { stdout } = await world.cliIn({ terminal: 100, env: { NO_COLOR: "1" } }, "ps");
    expect(stdout).toMatch(
      /^NAME +ROLE +STATE +SEEN IN +WAITING FOR +HEARD\nada +worker +! needs answer +rollout +question/,
    );
    await world.cli("deregister", "ada");
    expect(JSON.parse((await world.cli("ps")).stdout)).toHaveLength(1);
    expect(await world.cli("ps", "-a")).toEqual(await world.cli("ps", "--all"));
    expect(JSON.parse((await world.cli("ps", "-a")).stdout)).toHaveLength(2);
    expect((await world.cli("ps", "-x")).stderr).toContain("there is no flag -x");
  });

  it("inbox says that nothing waits, or what and what to type", async () => {
    await ledger();
    const empty = await world.cli("inbox", "--human");
    expect(empty).toEqual({ code: 0, stdout: "", stderr: "nothing waits for you\n" });
    await worker();
    expect((await world.cli("inbox", "--human")).stdout).toMatch(/^question\tworker ada waits for an answer/);
    expect(JSON.parse((await world.cli("inbox", "--fields", "kind")).stdout)).toEqual({ kind: "question" });
  });

  it("inspect says why", async () => {
    await ledger();
    await worker();
    expect((await world.cli("inspect", "ada", "--human")).stdout).toMatch(/^session ada: active, waits for an answer/);
    expect((await world.cli("inspect", "nobody")).stderr).toContain("there is no task, session, command or run");
  });
});

describe("attach on the command line", () => {
  it("says what is missing of a session without terminal", async () => {
    await ledger();
    await worker();
    const { code, stderr } = await world.cli("attach", "ada");
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: session "ada" has no terminal to attach to\nhint: /);
  });
});

describe("up and down", () => {
  it("are serve --detach and serve --stop", async () => {
    await ledger();
    expect(await world.cli("down", "--json")).toEqual(await world.cli("serve", "--stop", "--json"));
    expect((await world.cli("up", "--help")).stdout).toBe((await world.cli("serve", "--help")).stdout);
    expect((await world.cli("up", "--nonsense")).stderr).toContain("serve has no flag --nonsense");
    expect((await world.cli("help", "down")).stdout).toMatch(/^usage: conveyor serve/);
    expect((await world.cli("--help")).stdout).toMatch(/^ {2}down +Stop the server of this ledger \(serve --stop\)$/m);
    expect((await world.cli("dwn")).stderr).toContain("did you mean down?");
  });
});

describe("send, wait, logs and rm on the command line", () => {
  /** A task whose worker has no terminal. */
  async function pair(): Promise<void> {
    await ledger();
    await worker();
    const bob = asking("2");
    await world.cli("register-manager", "--name", "bob", "--codex-session", bob);
    await world.cli("bind", "--task", "auth", "--worker", "ada", "--manager", "bob");
  }

  it("send says how far the message has come; its text may come from standard input", async () => {
    await pair();
    const { code, stdout } = await world.cliIn({ stdin: "from stdin\n" }, "send", "auth", "-", "--when", "now");
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { stage: "accepted", session: "ada" }]);
    const late = await world.cli("send", "auth", "m", "--when", "now", "--wait", "seen", "--timeout", "0", "--human");
    expect(late.code).toBe(124);
    expect(late.stdout).toMatch(/^→ there: ada \(no further within [\d.]+ s\)\n$/);
    expect((await world.cli("send", "auth", "")).code).toBe(2);
    const shown = (await world.cli("logs", "auth", "--fields", "kind,message")).stdout;
    expect(shown).not.toContain("from stdin");
    expect((await world.cli("logs", "auth", "--include-content", "--fields", "kind,message")).stdout).toContain(
      "from stdin",
    );
    expect((await world.cli("logs", "auth", "--human")).stdout).toMatch(/\tmessage\tada\tnudge_worker from bob\t-\n/);
  });

  it("wait says why, with 0 when it holds and 124 when the time is over", async () => {
    await pair();
    const { code, stdout } = await world.cli("wait", "ada", "--for", "attention", "--timeout", "5");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ada is in need of somebody after [\d.]+ s: ada waits for an answer to its question\n$/);
    const late = await world.cli("wait", "auth", "--for", "done", "--timeout", "0");
    expect(late.code).toBe(124);
    expect(late.stdout).toMatch(/^auth is not done after .* task "auth" is managed\n$/);
    const json = await world.cli("wait", "auth", "--for", "done", "--timeout", "0", "--json");
    expect([json.code, JSON.parse(json.stdout).holds]).toEqual([124, false]);
  });

  it("rm wants a yes where nobody can be asked", async () => {
    await pair();
    const refused = await world.cli("rm", "ada");
    expect([refused.code, refused.stdout]).toEqual([2, ""]);
    expect(refused.stderr).toContain("--yes");
    const { code, stdout } = await world.cli("rm", "ada", "--yes", "--human");
    expect([code, stdout]).toEqual([0, "binding of task auth ended\nsession ada forgotten\n"]);
  });
});
