import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeWorld, type World } from "./testing/run-cli.ts";

let world: World;

beforeEach(async () => {
  world = await makeWorld();
  for (const role of ["worker", "manager"]) {
    const rollout = join(world.folder, `rollout-2026-01-02T03-04-05-${role}.jsonl`);
    writeFileSync(rollout, `${JSON.stringify({ type: "session_meta", payload: { id: role, cwd: world.folder } })}\n`);
    await ok(`register-${role}`, "--name", role, "--codex-session", rollout);
  }
  await ok("tasks", "--create", "auth", "--goal", "make it work");
  await ok("bind", "--task", "auth", "--worker", "worker", "--manager", "manager");
});
afterEach(() => world.remove());

async function ok(...argv: string[]): Promise<string> {
  const { code, stdout, stderr } = await world.cli(...argv);
  expect({ code, stderr }, argv.join(" ")).toEqual({ code: 0, stderr: "" });
  return stdout;
}

const json = async (...argv: string[]) => JSON.parse(await ok(...argv, "--json"));

describe("dispatch, as a person reads it", () => {
  it("says in a few lines whether messages travel", async () => {
    expect(await ok("dispatch", "status")).toMatch(
      /^Dispatch not observed {2}No dispatcher has ever run .*\nqueue\t0 queued/,
    );
    const { command_id } = await json("enqueue-nudge-worker", "auth", "--message", "secret words");
    await ok("dispatch", "--watch", "--watch-iterations", "1", "--no-ingest", "--dispatcher-id", "d1");
    const status = await ok("dispatch", "status");
    expect(status).toMatch(/^Dispatch stale {2}/);
    expect(status).toMatch(/inbox\t1 waiting, 1 waiting for pull, the oldest for \d+ s, 0 consumed/);
    expect(status).toMatch(/to delivery\tp50 \d+ ms, .*\(1 item\)/);
    expect(status).toMatch(/\ndispatchers\nd1\tstopped\t\d+ s ago\t\S+\t1 item\n/);
    expect(status).toMatch(/\ninboxes\nworker\tworker\t1 waiting\t0 consumed\n/);
    expect(status).toMatch(
      new RegExp(`\\nnewest\\n\\S+\\tsucceeded\\tnudge_worker\\tauth\\tworker: waits\\t${command_id}\\n$`),
    );
    expect(status).not.toContain("secret words");
    expect(await ok("dispatch", "status", "--task", "auth", "--include-content")).toContain("    secret words\n");
    expect(await ok("dispatch", "status", "--state", "failed")).not.toContain(command_id);
    expect(await ok("dispatch", "show", "1")).toBe("secret words\n");
    expect(await ok("dispatch", "show", command_id)).toBe("secret words\n");
  });

  it("tells how to go on with older chains", async () => {
    for (const message of ["one", "two", "three"]) await ok("enqueue-nudge-worker", "auth", "--message", message);
    const first = await ok("dispatch", "status", "--task", "auth", "--state", "pending", "--limit", "2");
    const [, flags] = /older ones: \S*conveyor dispatch status (.+)\n$/.exec(first) ?? [];
    expect(flags).toMatch(/^--task 'auth' --state pending --limit 2 --before \d+$/);
    const second = await json("dispatch", "status", ...(flags as string).replaceAll("'", "").split(" "));
    expect(second).toMatchObject({ older: null, chains: [{ command_type: "nudge_worker" }] });
  });

  it("prints an item when it happens and not again at the end", async () => {
    await ok("enqueue-nudge-worker", "auth", "--message", "one");
    const printed = await ok("dispatch", "--watch", "--watch-iterations", "2", "--interval", "0", "--no-ingest");
    expect(printed).toMatch(/^command-\S+\tnudge_worker\tpull_required\tworker\nprocessed 1 item\n$/);
    await ok("enqueue-nudge-worker", "auth", "--message", "two");
    expect(await ok("dispatch", "--once")).toMatch(
      /^command-\S+\tnudge_worker\tpull_required\tworker\nprocessed 1 item\n$/,
    );
    const document = await json("dispatch", "--watch", "--watch-iterations", "1", "--no-ingest");
    expect(document).toMatchObject({ processed: [], watch: true });
  });

  it("has nobody to stop when nobody runs, and knows whom it could have meant", async () => {
    await ok("dispatch", "--watch", "--watch-iterations", "1", "--no-ingest", "--dispatcher-id", "d1");
    expect(await ok("dispatch", "stop", "--dispatcher-id", "d1")).toBe("no dispatcher d1 is running\n");
    expect(await world.cli("dispatch", "stop", "--dispatcher-id", "d2")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("known ids: d1"),
    });
    expect(await world.cli("dispatch", "stop")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--dispatcher-id"),
    });
  });
});
