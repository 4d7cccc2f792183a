import { expect } from "vitest";
import type { Answer } from "../support/world/answers.ts";
import { inEveryMode } from "../support/world/in-every-mode.ts";
import type { Ran } from "../support/world/process.ts";
import type { World } from "../support/world/world.ts";

/** A message in the worker's inbox that bears the correlation id slice-1. */
async function delivered(world: World) {
  const pair = await world.pair("parser");
  await world.ask<"dispatch.enqueueNudgeWorker">(
    ...["enqueue-nudge-worker", "parser", "--message", "run the tests", "--correlation-id", "slice-1"],
  );
  await world.ask<"dispatch.run">("dispatch", "--once", "--no-ingest");
  return pair;
}

/** Answer the message with a document on standard input. */
async function answering(world: World, status: string, document: object, role = "worker") {
  const flags = ["--role", role, "--status", status, "--from-stdin", "--json"];
  const argv = ["inbox-ack", "parser", "--notification-id", "1", ...flags];
  return world.begin(argv, { input: JSON.stringify(document) });
}

async function answer(world: World, status: string, document: object, role?: string): Promise<Ran> {
  const ran = await (await answering(world, status, document, role)).done;
  world.transcript.note(ran);
  return ran;
}

const recordOf = ({ stdout }: Ran) => JSON.parse(stdout) as Answer<"inbox.acknowledge">;
const codeOf = ({ stderr }: Ran) => (JSON.parse(stderr) as { error: { code: string } }).error.code;

inEveryMode("the worker answers a message, and everybody can see how", async (world) => {
  const { worker } = await delivered(world);
  const tooEarly = await answer(world, "accepted", {});
  expect([tooEarly.code, tooEarly.stdout, codeOf(tooEarly)]).toEqual([2, "", "ack_not_consumed"]);
  expect(codeOf(await answer(world, "received", {}, "manager"))).toBe("ack_role_mismatch");

  const received = recordOf(await answer(world, "received", { summary: "starting" }));
  expect(received).toMatchObject({
    acknowledgement: { id: 1, status: "received", payload: { summary: "starting" } },
    deduplicated: false,
    notification: { target_session_name: worker, consumed_at: null },
  });
  expect(recordOf(await answer(world, "received", { summary: "starting" }))).toEqual({
    ...received,
    deduplicated: true,
  });

  const taken = await world.ask<"inbox.takeWorker">("worker-inbox", "parser", "--consume-next");
  expect(taken.consumed?.acknowledgement).toEqual(received.acknowledgement);
  await answer(world, "blocked", { summary: "no network", blockers: ["proxy"] });
  await answer(world, "accepted", { summary: "tests pass", evidence: ["npm test"] });
  expect(codeOf(await answer(world, "received", {}))).toBe("ack_regression");

  const history = await world.ask<"inbox.acknowledgements">("inbox-ack", "parser", "--notification-id", "1");
  expect(history.acknowledgements.map(({ status }) => status)).toEqual(["received", "blocked", "accepted"]);
  expect(history.latest?.payload).toEqual({ summary: "tests pass", evidence: ["npm test"] });
  const shown = await world.cli("inbox-ack", "parser", "--notification-id", "1");
  expect(shown.stdout).toContain("3 acknowledgements\n");
  expect(shown.stdout).not.toContain("tests pass");

  const { entries } = await world.ask<"audit.replay">("replay", "parser", "--role", "worker", "--format", "compact");
  const answers = entries.filter(({ kind }) => kind === "notification_acknowledgement");
  expect(answers.map(({ details }) => details["status"])).toEqual(["received", "blocked", "accepted"]);
  expect(answers.at(-1)?.details["payload"]).toEqual({ summary: "tests pass", evidence: ["npm test"] });
  expect(JSON.stringify(entries)).not.toContain("run the tests");

  const unknown = await world.refused("inbox-ack", "parser", "--notification-id", "99");
  expect([unknown.code, unknown.error.code]).toEqual([2, "not_found"]);
  const forgotten = await world.refused("inbox-ack", "parser", "--notification-id", "1", "--role", "worker");
  expect(forgotten.error.code).toBe("usage");
});

inEveryMode("two processes answer at once and the message is accepted", async (world) => {
  await delivered(world);
  await world.ask<"inbox.takeWorker">("worker-inbox", "parser", "--consume-next");
  const running = await Promise.all([
    answering(world, "accepted", { summary: "done" }),
    answering(world, "received", { summary: "starting" }),
    answering(world, "accepted", { summary: "done" }),
  ]);
  const [first, late, second] = await Promise.all(running.map(({ done }) => done));
  expect([first?.code, second?.code]).toEqual([0, 0]);
  // Whoever comes second is told so: the later `received` would take back what was accepted.
  if (late?.code !== 0) expect(codeOf(late as Ran)).toBe("ack_regression");
  const { acknowledgements, latest } = JSON.parse(
    (await (await world.begin(["inbox-ack", "parser", "--notification-id", "1", "--json"])).done).stdout,
  ) as Answer<"inbox.acknowledgements">;
  expect(latest?.status).toBe("accepted");
  expect(acknowledgements.filter(({ status }) => status === "accepted")).toHaveLength(1);
});

inEveryMode("a message that was taken for a time goes back, is given back, and is replied to", async (world) => {
  await delivered(world);
  const take = (...flags: string[]) =>
    world.ask<"inbox.takeWorker">("worker-inbox", "parser", "--consume-next", "--wait", "--timeout", "20", ...flags);
  expect((await take("--ack-within", "0.01")).consumed).toMatchObject({ id: 1, delivery_count: 1 });
  expect((await take()).consumed).toMatchObject({ id: 1, delivery_count: 2, ack_due_at: null });
  const back = await world.ask<"inbox.release">(
    ...["inbox-release", "parser", "--notification-id", "1", "--role", "worker", "--reason", "restarting"],
  );
  expect(back).toMatchObject({ released: true, delivery_count: 3 });
  const shown = await world.cli("worker-inbox", "parser", "--consume-next");
  expect(shown.stdout).toContain("it lay in the inbox 3 times");

  const reply = await world.ask<"dispatch.enqueueNotifyManager">(
    ...["enqueue-notify-manager", "parser", "--message", "done", "--reply-to", "1", "--expires-in", "600"],
  );
  expect(reply.correlation_id).toBe("slice-1");
  await world.ask<"dispatch.run">("dispatch", "--once", "--no-ingest");
  const report = await world.ask<"inbox.takeManager">("manager-inbox", "parser", "--consume-next");
  expect(report.consumed?.payload["reply_to"]).toBe(1);
  const late = await world.refused(
    "enqueue-nudge-worker",
    "parser",
    "--message",
    "m",
    "--delay",
    "9",
    "--expires-in",
    "9",
  );
  expect(late.error.code).toBe("invalid_input");
});

inEveryMode("a script answers a message, and a correlation id leads from the message to the answer", async (world) => {
  await delivered(world);
  const conveyor = await world.connect();
  const message = await conveyor.inbox.take({ task: "parser", role: "worker" });
  const { acknowledgement } = await conveyor.inbox.acknowledge({
    task: "parser",
    notification_id: message?.id ?? 0,
    role: "worker",
    status: "accepted",
    payload: { summary: "tests pass" },
  });
  const { latest } = await conveyor.inbox.acknowledgements({ task: "parser", notification_id: 1 });
  expect(latest).toEqual(acknowledgement);

  // How long each step took differs from run to run, so these lines stay out of what is compared between the modes.
  const traced = async (...flags: string[]) => (await world.begin(["trace", "slice-1", ...flags])).done;
  const trace = JSON.parse((await traced("--json")).stdout) as Answer<"audit.trace">;
  const steps = trace.entries.map(({ kind }) => kind).filter((kind) => kind !== "telemetry");
  expect(steps).toEqual(["command", "command_attempt", "routed_notification", "notification_acknowledgement"]);
  expect(trace.tasks).toMatchObject([{ name: "parser" }]);
  expect(trace.latencies).toMatchObject([{ type: "nudge_worker", notification_id: 1 }]);
  for (const latency of Object.values(trace.latencies[0] ?? {})) expect(latency).not.toBeNull();
  expect(JSON.stringify(trace)).not.toContain("run the tests");
  const open = (await traced("--task", "parser", "--include-content")).stdout;
  expect(open).toMatch(/^correlation slice-1, task parser\n/);
  expect(open).toMatch(/ {4}run the tests\n[\s\S]* {4}\{"summary":"tests pass"\}\n/);

  const unknown = await world.refused("trace", "slice-2");
  expect([unknown.code, unknown.error.code]).toEqual([2, "not_found"]);
});
