import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { operations } from "@conveyor/contracts";
import type { Clock } from "@conveyor/host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Ctx } from "../../ctx.ts";
import { ingestSession } from "../../observation/ingest.ts";
import { list as listSessions } from "../../sessions/list.ts";
import { list as listTasks } from "../../tasks/list.ts";
import { onChange as watchTasks } from "../../tasks/on-change.ts";
import { Reader } from "../../testing/reader.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { overview } from "../overview.ts";
import { run } from "../run.ts";
import { APPROVAL_DIALOG } from "../testing/panes.ts";
import { lookAfterAgents } from "./look-after-agents.ts";
import { freshMemory } from "./terms.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

/** Shows the dialog until a key is pressed, then a composer; its title says the same when there is one. */
function dialogPane(session: string, dialog: string, title: string): Promise<unknown> {
  const program = `
    const show = (title, text) => process.stdout.write("\\u001b]2;" + title + "\\u0007\\u001b[2J\\u001b[H" + text.replaceAll("\\n", "\\r\\n") + "\\r\\n");
    process.stdin.setRawMode(true);
    // The alternate screen has no scrollback in which the dialog would stay.
    process.stdout.write("\\u001b[?1049h");
    show(${JSON.stringify(title)}, ${JSON.stringify(dialog)} + "\\nshown");
    process.stdin.once("data", () => show("project", "› Ask Codex to do anything\\n\\n  ready"));
    process.stdin.on("data", () => {});
  `;
  return world.tmux(session, [process.execPath, "-e", program]);
}

async function until(session: string, text: string): Promise<void> {
  while (!(await world.host.tmux.capture({ session }, 0)).includes(text)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const dispatchOnce = () => run(world.ctx, operations.dispatch.run.input.parse({}));

const workerStatus = async (task: string) => {
  const [listed] = await listTasks(world.ctx, operations.tasks.list.input.parse({}));
  const { agents } = await overview(world.ctx, operations.dispatch.overview.input.parse({ task }));
  const sessions = await listSessions(world.ctx, operations.sessions.list.input.parse({ role: "worker" }));
  expect(agents.find(({ role }) => role === "worker")?.agent_status).toEqual(sessions[0]?.agent_status);
  expect(listed?.agents[0]?.agent_status).toEqual(sessions[0]?.agent_status);
  return sessions[0]?.agent_status;
};

describe("looking after bound sessions", () => {
  it.each([
    ["its title asks for somebody", "[ ! ] Action Required | project"],
    ["its title says nothing, while its turn stays open", "project"],
  ])(
    "sees an approval that no record tells of, because %s, wakes who follows, and sees it answered",
    async (_why, title) => {
      await dialogPane("codex-ada", APPROVAL_DIALOG, title);
      await until("codex-ada", "shown");
      const started = {
        timestamp: world.host.clock.iso(),
        type: "event_msg",
        payload: { type: "task_started", turn_id: "t1" },
      };
      const rollout = world.rollout({ records: [started] });
      const { task, worker } = await world.pair({
        worker: { codex_session: rollout, tmux_session: "codex-ada" },
      });
      await ingestSession(world.ctx, worker.session_id, { telemetry: "always" });
      const reader = new Reader(world.ctx, (ctx) => watchTasks(ctx, { active: false }));
      await reader.next();

      const coming = reader.next();
      await dispatchOnce();
      expect((await coming).data.agents[0]?.agent_status).toMatchObject({ phase: "waiting" });
      expect(await workerStatus(task.name)).toMatchObject({
        phase: "waiting",
        attention: "approval",
        state: "busy",
        sources: ["tmux"],
      });
      expect(await world.telemetryEvent("agent_status_changed")).toMatchObject({
        task_id: task.id,
        severity: "warning",
        attributes: { phase: "waiting", attention: "approval", previous: "working" },
      });

      await world.host.tmux.sendKey(world.typing("codex-ada"), "Enter");
      await until("codex-ada", "ready");
      await dispatchOnce();
      expect((await workerStatus(task.name))?.phase).not.toBe("waiting");
      await reader.leave();
    },
  );

  it("forgets what the screen showed as soon as the agent writes on", async () => {
    await dialogPane("codex-ada", APPROVAL_DIALOG, "[ ! ] Action Required");
    await until("codex-ada", "shown");
    const rollout = world.rollout();
    const { task } = await world.pair({ worker: { codex_session: rollout, tmux_session: "codex-ada" } });
    await dispatchOnce();
    expect(await workerStatus(task.name)).toMatchObject({ phase: "waiting" });
    const record = {
      timestamp: world.host.clock.iso(),
      type: "event_msg",
      payload: { type: "task_started", turn_id: "t1" },
    };
    appendFileSync(rollout, `${JSON.stringify(record)}\n`);
    await world.host.tmux.sendKey(world.typing("codex-ada"), "Enter");
    await until("codex-ada", "ready");
    await dispatchOnce();
    expect(await workerStatus(task.name)).toMatchObject({ phase: "working" });
  });

  it("keeps that a process has ended, for those who do not ask the machine", async () => {
    const child = spawn("sleep", ["600"]);
    await once(child, "spawn");
    const rollout = world.rollout();
    const { worker } = await world.pair({ worker: { codex_session: rollout, pid: child.pid as number } });
    await dispatchOnce();
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
    const reader = new Reader(world.ctx, (ctx) => watchTasks(ctx, { active: false }));
    await reader.next();
    const coming = reader.next();
    await dispatchOnce();
    expect((await coming).data.agents[0]).toMatchObject({ name: worker.name, agent_status: { phase: "gone" } });
    const stored = await world.store.read((tx) => tx.db.sessions.findFirst({ where: { id: worker.session_id } }));
    expect(JSON.parse(stored?.seen_json ?? "null")).toMatchObject({ process: { alive: false } });
    await reader.leave();
  });

  it("asks tmux at a modest rate, and captures only where something speaks for it", async () => {
    let now = 0;
    let asked = 0;
    let captured = 0;
    const clock: Clock = { ...world.host.clock, monotonic_ms: () => now };
    const { tmux } = world.host;
    const counting = {
      ...tmux,
      listPanes() {
        asked += 1;
        return tmux.listPanes();
      },
      screen(...args: Parameters<typeof tmux.screen>) {
        captured += 1;
        return tmux.screen(...args);
      },
    };
    const ctx: Ctx = { ...world.ctx, host: { ...world.host, clock, tmux: counting } };
    await dialogPane("codex-ada", "working", "⠋ project");
    await until("codex-ada", "shown");
    const records = [
      { timestamp: world.host.clock.iso(), type: "event_msg", payload: { type: "task_started", turn_id: "t1" } },
    ];
    const { worker } = await world.pair({
      worker: { codex_session: world.rollout({ records }), tmux_session: "codex-ada" },
    });
    await ingestSession(world.ctx, worker.session_id, { telemetry: "always" });
    const memory = freshMemory();
    for (; now < 12_000; now += 500) await lookAfterAgents(ctx, memory);
    expect(asked).toBe(3);
    expect(captured).toBe(0);
  });
});
