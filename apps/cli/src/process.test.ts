import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build, root } from "../../../tools/build/build.ts";

const folder = mkdtempSync(join(tmpdir(), "conveyor-process-"));
const conveyor = join(root, "bin/conveyor");
const env = { HOME: folder, PATH: process.env["PATH"], CONVEYOR_STATE_ROOT: join(folder, "state") };
const run = (...argv: string[]) => spawnSync(conveyor, argv, { encoding: "utf8", cwd: folder, env, timeout: 60_000 });

beforeAll(async () => {
  await build();
  run("tasks", "--create", "auth", "--goal", "g");
}, 240_000);
afterAll(() => {
  run("serve", "--stop");
  rmSync(folder, { recursive: true, force: true });
});

describe("the built program", () => {
  it("prints only its answer", () => {
    expect(run("tasks")).toMatchObject({ status: 0, stdout: "auth\tcandidate\tg\n", stderr: "" });
  });

  it("answers all of a long document into a pipe", () => {
    const { stdout } = run("completions", "bash", "--json");
    expect(stdout.length).toBeGreaterThan(10_000);
    expect(JSON.parse(stdout).shell).toBe("bash");
  });

  it("does not mind a reader that stops reading", () => {
    const script = `"${conveyor}" completions zsh | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8", cwd: folder, env });
    expect(stderr).toBe("");
    expect(stdout).toBe("#compdef conveyor workerctl\n0\n");
  });

  it("shows no stack trace unless it is debugged", () => {
    const wrong = run("bind", "--task", "nope", "--worker", "w", "--manager", "m");
    expect(wrong).toMatchObject({ status: 2, stdout: "" });
    expect(wrong.stderr).toMatch(/^error: .*\n(hint: .*\n)?$/);
    const debugged = spawnSync(conveyor, ["taks"], { encoding: "utf8", env: { ...env, CONVEYOR_DEBUG: "1" } });
    expect(debugged.stderr).toMatch(/\n {4}at /);
  });

  it("reads a message from standard input", () => {
    const queue = ["enqueue-nudge-worker", "auth", "--message", "-", "--json"];
    const { status, stdout, stderr } = spawnSync(conveyor, queue, {
      encoding: "utf8",
      cwd: folder,
      env,
      input: "two\nlines\n",
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "warning: no_active_binding\n" });
    expect(JSON.parse(stdout)).toMatchObject({ command_type: "nudge_worker", warnings: ["no_active_binding"] });
    const [command] = JSON.parse(run("commands", "--include-content", "--json").stdout);
    expect(command.payload.message).toBe("two\nlines");
  });

  it.each([
    ["more than any input takes", ["enqueue-nudge-worker", "auth", "--message", "-"], "x".repeat(5 * 1024 * 1024)],
    ["a message that is too long", ["enqueue-nudge-worker", "auth", "--message", "-"], "x".repeat(1024 * 1024 + 2)],
    [
      "JSON that is nested too deeply",
      ["inbox-ack", "auth", "--notification-id", "1", "--role", "worker", "--status", "accepted", "--from-stdin"],
      `{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}`,
    ],
  ])("refuses %s on standard input", (_what, argv, input) => {
    const { status, stdout, stderr } = spawnSync(conveyor, [...argv, "--json"], {
      encoding: "utf8",
      cwd: folder,
      env,
      input,
    });
    expect({ status, stdout, code: JSON.parse(stderr).error.code }).toEqual({
      status: 2,
      stdout: "",
      code: "invalid_input",
    });
  });

  it("ends with 130 when it is interrupted while it follows something", async () => {
    const child = spawn(conveyor, ["tasks", "--follow"], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    const [first] = (await once(child.stdout, "data")) as [Buffer];
    expect(JSON.parse(first.toString("utf8"))).toMatchObject({ name: "auth" });
    let stderr = "";
    child.stderr.on("data", (chunk) => (stderr += chunk));
    child.kill("SIGINT");
    const [code] = (await once(child, "exit")) as [number];
    expect({ code, stderr }).toEqual({ code: 130, stderr: "" });
  });

  it("gives the same answers through a server that it starts and stops", () => {
    const alone = run("tasks", "--json").stdout;
    const started = run("serve", "--detach", "--port", "0", "--no-dispatch", "--json");
    expect(started).toMatchObject({ status: 0, stderr: "" });
    const { pid } = JSON.parse(started.stdout);
    expect(JSON.parse(run("serve", "--status", "--json").stdout)).toMatchObject({
      running: true,
      pid,
      dispatch: false,
    });
    expect(run("tasks", "--json").stdout).toBe(alone);
    expect(run("tasks", "--create", "auth", "--goal", "other", "--json")).toMatchObject({ status: 2, stdout: "" });
    expect(run("serve", "--login").stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//);
    expect(JSON.parse(run("serve", "--stop", "--json").stdout)).toMatchObject({ stopped: true, pid });
    expect(run("serve", "--status").stdout).toMatch(/^no server runs for /);
  });

  it("refuses a port that is none by the flag's name", () => {
    expect(run("serve", "--port", "70000").stderr).toMatch(/^error: --port: /);
  });
});
