import { runProjectTest, writeProject } from "./project.ts";
import type { Story } from "./story.ts";
import { startWorker } from "./worker.ts";

/** One thing that happens; it answers with what came of it, in a few words, or throws when it did not happen. */
export interface Step {
  title: string;
  run(story: Story): Promise<string>;
}

/** The story, in order. */
export const STEPS: readonly Step[] = [
  { title: "A server runs on a fresh state root", run: startServer },
  { title: "A worker has started and waits", run: startAgent },
  { title: "There is a task", run: createTask },
  { title: "The worker is registered", run: registerWorker },
  { title: "The manager is registered", run: registerManager },
  { title: "Both are bound to the task", run: bind },
  { title: "The manager accepts a criterion", run: acceptCriterion },
  { title: "The manager subscribes to its inbox", run: subscribe },
  { title: "It observes the worker", run: observeIdle },
  { title: "It tells the worker what to do", run: instruct },
  { title: "It observes again", run: observeBusy },
  { title: "The worker finishes and the manager hears of it", run: hearCompletion },
  { title: "The manager takes the message", run: takeMessage },
  { title: "It observes the result", run: observeResult },
  { title: "It tries to finish", run: finishTooEarly },
  { title: "It checks for itself and records the evidence", run: recordEvidence },
  { title: "It decides", run: decide },
  { title: "The task is finished", run: finish },
];

async function startServer(story: Story): Promise<string> {
  story.show.typed(["serve", "--port", "0"]);
  const { url } = await story.world.serve();
  return url;
}

async function startAgent(story: Story): Promise<string> {
  const { world } = story;
  writeProject(world.project);
  const worker = await startWorker[story.worker_kind](world, (text) => story.show.aside(text));
  story.worker = worker;
  world.codex_home = worker.codex_home;
  return worker.description;
}

async function createTask(story: Story): Promise<string> {
  const goal = "the greeting works and is tested";
  const { state } = await story.ask<"tasks.create">("tasks", "--create", "greeting", "--goal", goal);
  return state;
}

async function registerWorker(story: Story): Promise<string> {
  const { pid, tmux_session } = story.agent;
  const terminal = tmux_session === null ? [] : ["--tmux-session", tmux_session];
  const argv = ["register-worker", "--name", "ada", "--pid", String(pid), ...terminal];
  const { communication, codex_session_path } = await story.ask<"sessions.registerWorker">(...argv);
  expect(
    communication.receive_style === (tmux_session === null ? "pull" : "push"),
    "the wrong way to reach the worker",
  );
  return `${communication.receive_style}, reads ${codex_session_path?.split("/").at(-1)}`;
}

async function registerManager(story: Story): Promise<string> {
  const argv = ["register-manager", "--name", "bob", "--codex-session", story.world.rollout()];
  const { communication } = await story.ask<"sessions.registerManager">(...argv);
  return communication.receive_style;
}

async function bind(story: Story): Promise<string> {
  await story.ask<"bindings.bind">("bind", "--task", "greeting", "--worker", "ada", "--manager", "bob");
  const tasks = await story.ask<"tasks.list">("tasks");
  const state = tasks.find(({ name }) => name === "greeting")?.state;
  expect(state === "managed", `the task is ${state}`);
  return "the task is managed";
}

async function acceptCriterion(story: Story): Promise<string> {
  const words = ["--criterion", "node --test passes", "--source", "user_requested", "--status", "accepted"];
  const { affected_criterion } = await story.ask<"criteria.add">("criteria", "greeting", "--add", ...words);
  story.criterion_id = affected_criterion.id;
  return `#${affected_criterion.id} ${affected_criterion.criterion}`;
}

async function subscribe(story: Story): Promise<string> {
  await story.listen();
  return "over a WebSocket, with the SDK";
}

async function observeIdle(story: Story): Promise<string> {
  const { state } = await story.ask<"observation.cycle">("cycle", "greeting");
  expect(state === "idle", `the worker is ${state}`);
  return state;
}

async function instruct(story: Story): Promise<string> {
  return story.agent.tmux_session === null ? instructByInbox(story) : instructByTerminal(story);
}

async function instructByTerminal(story: Story): Promise<string> {
  const sent = await story.ask<"observation.nudge">("session-nudge", "ada", story.agent.instruction);
  expect(sent.side_effect_completed, "the text was not sent");
  await story.agent.isBusy();
  return `typed into its terminal, ${sent.submission}`;
}

async function instructByInbox(story: Story): Promise<string> {
  await story.ask<"dispatch.enqueueNudgeWorker">(
    "enqueue-nudge-worker",
    "greeting",
    "--message",
    story.agent.instruction,
  );
  const { consumed } = await story.ask<"inbox.takeWorker">("worker-inbox", "greeting", "--consume-next", "--wait");
  expect(consumed !== null, "the worker found no message");
  await story.agent.read(String(consumed?.payload["message"]));
  await story.agent.isBusy();
  return "through its inbox, from which the worker took it";
}

async function observeBusy(story: Story): Promise<string> {
  const { state } = await story.ask<"observation.cycle">("cycle", "greeting");
  expect(state === "busy", `the worker is ${state}`);
  return state;
}

async function hearCompletion(story: Story): Promise<string> {
  await story.agent.letFinish();
  const { item, at } = await story.heard();
  const since = (time: string | null) => (time === null ? "?" : at - Date.parse(time));
  const ended = since(item.source_event_timestamp);
  return `over the WebSocket ${since(item.delivered_at)} ms after Dispatch routed it, ${ended} ms after the worker ended its turn`;
}

async function takeMessage(story: Story): Promise<string> {
  const { consumed, pending_count } = await story.ask<"inbox.takeManager">(
    "manager-inbox",
    "greeting",
    "--consume-next",
  );
  expect(consumed?.signal_type === "worker_task_complete", "the completion was not in the inbox");
  expect(pending_count === 0, `${pending_count} more messages wait`);
  return `#${consumed?.id} ${consumed?.signal_type} from ${consumed?.source_session_name}`;
}

async function observeResult(story: Story): Promise<string> {
  const seen = await story.ask<"observation.cycle">("cycle", "greeting");
  const receipt = seen.manager_context.worker_receipt;
  expect(seen.task_completed && receipt?.outcome === "completed", "no completed turn was seen");
  story.cycle_id = seen.cycle_id;
  story.show.quoted(`the worker said`, receipt?.last_agent_message ?? "");
  return `${seen.state}, the turn ${receipt?.outcome}`;
}

async function finishTooEarly(story: Story): Promise<string> {
  const { code, error } = await story.refused(
    "finish-task",
    "greeting",
    "--reason",
    "done",
    "--require-criteria-audit",
  );
  expect(code === 1 && error.code === "gate_failed", `answered ${code} ${error.code}`);
  return `refused with exit code ${code}: ${error.message}`;
}

async function recordEvidence(story: Story): Promise<string> {
  const { project, env } = story.world;
  const { code } = await runProjectTest(project, env);
  expect(code === 0, `the project's test exits with ${code}`);
  const evidence = JSON.stringify({ command: "node --test greet.test.mjs", exit_code: code });
  const proof = ["--proof", "the test passes", "--evidence-json", evidence];
  const argv = ["criteria", "greeting", "--satisfy", String(story.criterion_id), ...proof];
  const { affected_criterion } = await story.ask<"criteria.satisfy">(...argv);
  return `#${affected_criterion.id} ${affected_criterion.status}`;
}

async function decide(story: Story): Promise<string> {
  const argv = [
    "record-decision",
    "greeting",
    "stop",
    "--reason",
    "proven by its test",
    "--cycle-id",
    String(story.cycle_id),
  ];
  const { id, decision } = await story.ask<"decisions.record">(...argv);
  return `#${id} ${decision}`;
}

async function finish(story: Story): Promise<string> {
  const done = await story.ask<"tasks.finish">(
    "finish-task",
    "greeting",
    "--reason",
    "its test passes",
    "--require-criteria-audit",
  );
  expect(done.finish && done.unread_notifications === 0, `${done.unread_notifications} messages are unread`);
  const tasks = await story.ask<"tasks.list">("tasks");
  const state = tasks.find(({ name }) => name === "greeting")?.state;
  expect(state === "done", `the task is ${state}`);
  return "done";
}

function expect(condition: boolean, otherwise: string): void {
  if (!condition) throw new Error(otherwise);
}
