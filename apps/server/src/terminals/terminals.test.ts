import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createHost, exec, type Host } from "@conveyor/host";
import type { Transport } from "@conveyor/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { RunningServer } from "../server.ts";
import { World } from "../testing/world.ts";
import { OutputFlow } from "./flow.ts";
import { requestIn } from "./requests.ts";

const POLL = { timeout: 10_000, interval: 20 };
const control = (request: object) => JSON.stringify({ marker: "dashboard-terminal-control", ...request });

describe("a text frame of a terminal", () => {
  it("is a request only when it is exactly one", () => {
    expect(requestIn(control({ type: "resize", cols: 80, rows: 24 }))).toMatchObject({ cols: 80, rows: 24 });
    expect(requestIn(control({ type: "give_back" }))).toMatchObject({ type: "give_back" });
    const typed = [
      "ls\r",
      "{",
      '{"type":"take","force":true}',
      control({ type: "resize", cols: 1, rows: 24 }),
      control({ type: "resize", cols: 501, rows: 24 }),
      control({ type: "resize", cols: 80.5, rows: 24 }),
      control({ type: "resize", cols: 80 }),
      control({ type: "resize", cols: 80, rows: 24, more: 1 }),
      control({ type: "take", force: "yes" }),
      control({ type: "toString" }),
      control({ type: "history", lines: 1e9 }),
    ];
    expect(typed.filter((frame) => requestIn(frame) !== undefined)).toEqual([]);
  });
});

describe("the flow of a terminal", () => {
  it("stops at what a page has not drawn, and goes on when it has", () => {
    const calls: string[] = [];
    let buffered = 0;
    const terminal = { pause: () => calls.push("pause"), resume: () => calls.push("resume") };
    const flow = new OutputFlow(terminal, () => buffered);
    flow.sent(1_000_000);
    // It has never said what it draws, and nothing lies in the connection.
    expect(calls).toEqual([]);
    flow.drawn(1);
    expect(calls).toEqual(["pause"]);
    flow.drawn(900_000);
    expect(calls).toEqual(["pause"]);
    flow.drawn(99_000);
    expect(calls).toEqual(["pause", "resume"]);
    buffered = 300_000;
    flow.sent(1);
    expect(calls).toEqual(["pause", "resume", "pause"]);
  });
});

/** One page that looks into a terminal. */
class Page {
  readonly notes: Record<string, unknown>[] = [];
  readonly socket: WebSocket;
  output = "";
  status: number | undefined;
  code: number | undefined;

  constructor(server: RunningServer, session: string, headers: Record<string, string> = {}) {
    const token = readFileSync(server.token_file, "utf8").trim();
    const url = `${server.url.replace("http", "ws")}/pty?session=${encodeURIComponent(session)}`;
    this.socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}`, ...headers } });
    this.socket.on("message", (data: Buffer, isBinary) => {
      if (isBinary) this.output += data.toString("utf8");
      else this.notes.push(JSON.parse(data.toString("utf8")) as Record<string, unknown>);
    });
    this.socket.on("unexpected-response", (_request, response) => {
      this.status = response.statusCode;
    });
    this.socket.on("error", () => {});
    this.socket.on("close", (code) => {
      this.code = code;
    });
  }

  ask(request: object): void {
    this.socket.send(control(request));
  }

  type(text: string): void {
    this.socket.send(Buffer.from(text));
  }

  said(type: string) {
    return this.notes.filter((note) => note["type"] === type);
  }
}

describe("the terminals of a server", () => {
  let world: World;
  let server: RunningServer;
  let host: Host;
  let transport: Transport;

  beforeEach(async () => {
    world = new World();
    const tmux = join(world.folder, "tmux");
    mkdirSync(tmux);
    const { TMUX: _ours, ...env } = process.env;
    const own = { ...env, TMUX_TMPDIR: tmux };
    host = createHost({ env: own });
    server = await world.server({ env: own });
    world.onCleanUp(() => host.tmux.kill("ada").catch(() => undefined));
    await host.tmux.start({ session: "ada", cwd: world.folder, argv: ["sh", "-c", "echo shown by ada; exec cat"] });
    transport = await world.transport();
    const input = { name: "ada-session", codex_session: world.rollout(), tmux_session: "ada" };
    await transport.call({ path: "sessions.registerWorker", kind: "mutation" }, input);
  });
  afterEach(() => world.end());

  const page = (headers?: Record<string, string>, session = "ada-session") => {
    const one = new Page(server, session, headers);
    world.onCleanUp(async () => one.socket.terminate());
    return one;
  };
  const onScreen = () => host.tmux.capture({ session: "ada" }, 0);
  const told = async (type: string) => {
    const events = (await transport.call({ path: "telemetry.list", kind: "query" }, { event_type: type })) as {
      actor: string;
      attributes: Record<string, unknown>;
    }[];
    return events.map(({ actor, attributes }): Record<string, unknown> => ({ actor, ...attributes }));
  };

  it("are shown read-only until control is taken, and each step is recorded", async () => {
    const one = page();
    await expect.poll(() => one.output, POLL).toContain("shown by ada");
    expect(one.said("attached")).toMatchObject([{ session: "ada-session", tmux_session: "ada" }]);
    one.type("nobody reads this\r");
    one.ask({ type: "take", force: false });
    await expect.poll(() => one.said("control"), POLL).toMatchObject([{ held: true }]);
    one.type("typed by hand\r");
    await expect.poll(onScreen, POLL).toContain("typed by hand");
    expect(await onScreen()).not.toContain("nobody reads this");
    one.ask({ type: "give_back" });
    await expect.poll(() => one.said("control").length, POLL).toBe(2);
    one.type("too late\r");
    one.ask({ type: "history", lines: 100 });
    await expect.poll(() => String(one.said("history")[0]?.["text"]), POLL).toContain("shown by ada");
    expect(await onScreen()).not.toContain("too late");
    const about = { actor: "operator", session: "ada-session", tmux_session: "ada" };
    expect(await told("terminal_shown")).toEqual([
      { ...about, shown: "live" },
      { ...about, shown: "history" },
    ]);
    expect(await told("terminal_control_taken")).toEqual([about]);
    expect(await told("terminal_control_returned")).toEqual([{ ...about, byte_count: 14, reason: "given_back" }]);
  });

  it("have one typist: another window is refused until it insists, and other typists wait", async () => {
    const [one, other] = [page(), page()];
    for (const each of [one, other]) await expect.poll(() => each.said("attached").length, POLL).toBe(1);
    one.ask({ type: "take", force: false });
    await expect.poll(() => one.said("control").length, POLL).toBe(1);
    other.ask({ type: "take", force: false });
    await expect.poll(() => other.said("refused"), POLL).toMatchObject([{ asked: "take", code: "conflict" }]);
    const target = { session: "ada", agent: { kind: "any" } as never };
    await expect(
      host.tmux.pushText({ target, text: "x", ready: () => ({ ok: true }), wait_for_others_ms: 100 }),
    ).rejects.toMatchObject({ code: "pane_busy" });
    other.ask({ type: "take", force: true });
    await expect.poll(() => other.said("control"), POLL).toMatchObject([{ held: true }]);
    expect(one.said("control").at(-1)).toMatchObject({ held: false, reason: "taken_elsewhere" });
    one.type("from the first\r");
    other.type("from the second\r");
    await expect.poll(onScreen, POLL).toContain("from the second");
    expect(await onScreen()).not.toContain("from the first");
    // A window that goes gives the keyboard back.
    other.socket.close();
    await expect.poll(async () => (await told("terminal_control_returned")).length, POLL).toBe(2);
    expect((await told("terminal_control_returned")).map(({ reason }) => reason).sort()).toEqual([
      "closed",
      "taken_elsewhere",
    ]);
  });

  it("keep their session when a page goes, and tell the page when the session ends", async () => {
    const [one, other] = [page(), page()];
    for (const each of [one, other]) await expect.poll(() => each.output, POLL).toContain("shown by ada");
    one.socket.close();
    await expect.poll(() => one.code, POLL).toBeDefined();
    expect(await host.tmux.sessionExists("ada")).toBe(true);
    await host.tmux.kill("ada");
    await expect.poll(() => other.said("ended").length, POLL).toBe(1);
    await expect.poll(() => other.code, POLL).toBe(1000);
  });

  it("take the size that the page has", async () => {
    const one = page();
    await expect.poll(() => one.output, POLL).toContain("shown by ada");
    one.ask({ type: "resize", cols: 91, rows: 21 });
    const size = async () =>
      (await exec(["tmux", "display-message", "-p", "-t", "=ada:", "#{pane_width}x#{pane_height}"], { env: host.env }))
        .stdout;
    // One line is tmux's own.
    await expect.poll(size, POLL).toBe("91x20\n");
  });

  it("open for nobody who is not signed in, comes from elsewhere, or names what is not in the ledger", async () => {
    const strangers = [page({ authorization: "Bearer no" }), page({ origin: "http://evil.example" })];
    await expect.poll(() => strangers.map(({ status }) => status), POLL).toEqual([401, 403]);
    await host.tmux.start({ session: "private", cwd: world.folder, argv: ["cat"] });
    for (const name of ["private", "nobody", "-t", "ada"]) {
      const one = page({}, name);
      await expect.poll(() => one.said("refused"), POLL).toMatchObject([{ asked: "attach", code: "not_found" }]);
      expect(one.output).toBe("");
    }
    await host.tmux.kill("private");
  });

  it("lose no other page to one that reads nothing", async () => {
    const [slow, one] = [page(), page()];
    for (const each of [slow, one]) await expect.poll(() => each.output, POLL).toContain("shown by ada");
    slow.ask({ type: "ack", bytes: 1 });
    slow.socket.pause();
    await host.tmux.start({
      session: "bob",
      cwd: world.folder,
      argv: [
        "sh",
        "-c",
        "i=0; while [ $i -lt 40000 ]; do echo line $i of many that are printed; i=$((i+1)); done; echo all of bob; exec cat",
      ],
    });
    const input = { name: "bob", codex_session: world.rollout(), tmux_session: "bob" };
    await transport.call({ path: "sessions.registerWorker", kind: "mutation" }, input);
    const bobs = [page({}, "bob"), page({}, "bob")];
    bobs[0]?.socket.on("open", () => bobs[0]?.socket.pause());
    await expect.poll(() => host.tmux.capture({ session: "bob" }, 0), { timeout: 25_000 }).toContain("all of bob");
    await expect.poll(() => bobs[1]?.output, POLL).toContain("all of bob");
    await host.tmux.kill("bob");
  });
});
