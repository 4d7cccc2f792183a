import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, open, realpath, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { statFields } from "@conveyor/files";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { script, until } from "../tmux/testing.ts";
import { breadthFirst, createProcesses } from "./index.ts";
import { procfsTable } from "./procfs.ts";
import { parseLsof } from "./unix-tools.ts";

let folder: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "conveyor-processes-")));
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

/** A shell that runs `command`; its pid once it has printed a line. */
async function running(command: string, cwd = folder): Promise<number> {
  const child = spawn("sh", ["-c", command], { cwd, stdio: ["ignore", "pipe", "ignore"] });
  children.push(child);
  await once(child.stdout, "data");
  return child.pid ?? 0;
}

const sources = existsSync("/proc/self/stat") ? (["procfs", "unix-tools"] as const) : (["unix-tools"] as const);

describe.each(sources)("processes through %s", (source) => {
  const processes = createProcesses({ source, time_limit_ms: 20_000 });

  it("knows that a process lives and that it has ended", async () => {
    const pid = await running("echo up; exec sleep 300");
    expect(await processes.isAlive(pid)).toBe(true);
    process.kill(pid, "SIGKILL");
    await until(async () => !(await processes.isAlive(pid)));
    expect(await processes.startTime(pid)).toBeNull();
  });

  it("sees that a pid belongs to another process by its start time", async () => {
    const pid = await running("echo up; exec sleep 300");
    const started = (await processes.startTime(pid)) ?? "";
    expect(started).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Math.abs(Date.parse(started) - Date.now())).toBeLessThan(60_000);
    expect(await processes.isAlive(pid, started)).toBe(true);
    expect(await processes.isAlive(pid, new Date(Date.parse(started) - 60_000).toISOString())).toBe(false);
    expect(await processes.isAlive(pid, null)).toBe(true);
    await expect(processes.isAlive(pid, "noon")).rejects.toMatchObject({ code: "invalid_input" });
  });

  it("counts a process that has ended as dead although its parent has not noticed", async () => {
    const parent = await running("sh -c 'echo $$; exit' & exec sleep 300");
    await until(async () => (await processes.descendants(parent)).length === 1);
    const [zombie = 0] = await processes.descendants(parent);
    await until(async () => !(await processes.isAlive(zombie)));
    expect(() => process.kill(zombie, 0)).not.toThrow();
  });

  it("signals the recorded process and no other", async () => {
    const pid = await running("echo up; exec sleep 300");
    const started = await processes.startTime(pid);
    expect(await processes.signal(pid, "2001-01-01T00:00:00.000Z", "SIGKILL")).toBe(false);
    await expect(processes.signal(pid, null, "SIGKILL")).rejects.toMatchObject({ code: "host_denied" });
    expect(await processes.isAlive(pid)).toBe(true);
    expect(await processes.signal(pid, started, "SIGKILL")).toBe(true);
    await until(async () => !(await processes.isAlive(pid)));
    expect(await processes.signal(pid, started, "SIGKILL")).toBe(false);
  });

  it("signals no process of another user, also as root", async () => {
    const isRoot = process.getuid?.() === 0;
    const child = isRoot ? spawn("sleep", ["300"], { uid: 65_534, gid: 65_534 }) : undefined;
    if (child !== undefined) {
      children.push(child);
      await once(child, "spawn");
    }
    const pid = child?.pid ?? 1;
    const started = await processes.startTime(pid);
    await expect(processes.signal(pid, started, "SIGCONT")).rejects.toMatchObject({ code: "host_denied" });
  });

  it.each([-1, 0, -process.pid, 1.5, Number.NaN, 2 ** 31])("never signals %s", async (pid) => {
    expect(await processes.signal(pid, new Date().toISOString(), "SIGKILL")).toBe(false);
  });

  it.each([0, -1, 1.5, Number.NaN])("never takes %d for a process", async (pid) => {
    expect(await processes.isAlive(pid)).toBe(false);
    expect(await processes.openFiles(pid)).toEqual([]);
    expect(await processes.workingDirectory(pid)).toBeNull();
  });

  it("lists descendants nearest first, without the process itself", async () => {
    const pid = await running("sh -c 'sleep 300 & sleep 301 & echo up; wait' & wait");
    const descendants = await processes.descendants(pid);
    expect(descendants).toHaveLength(3);
    expect(descendants).not.toContain(pid);
    expect(await processes.descendants(descendants[0] ?? 0)).toEqual(descendants.slice(1));
    expect(await processes.descendants(descendants[2] ?? 0)).toEqual([]);
  });

  it("lists open files, also with blanks, letters beyond ASCII and backslashes in their names", async () => {
    const names = ["a b.jsonl", "é-ß.jsonl", "back\\slash.jsonl", "new\nline.jsonl", "real (deleted)"];
    const paths = names.map((name) => join(folder, name));
    await Promise.all(paths.map((path) => writeFile(path, "")));
    const redirections = paths.map((path, index) => `${index + 3}< '${path}'`).join(" ");
    const pid = await running(`exec ${redirections}; echo up; exec sleep 300`);
    const open = (await processes.openFiles(pid)).filter((path) => path.startsWith(folder));
    expect(open.sort()).toEqual([...paths].sort());
  });

  it("reports no files of a process that is gone", async () => {
    const pid = await running("echo up");
    await until(async () => !(await processes.isAlive(pid)));
    expect(await processes.openFiles(pid)).toEqual([]);
    expect(await processes.workingDirectory(pid)).toBeNull();
  });

  it("names the processes that hold a file, through a link to it as well, and nobody when there is no file", async () => {
    const path = join(folder, `held by ${source}.jsonl`);
    await writeFile(path, "");
    expect(await processes.holdersOf(path)).toEqual([]);
    const pid = await running(`exec 7>> '${path}'; echo up; exec sleep 300`);
    expect(await processes.holdersOf(path)).toEqual([pid]);
    process.kill(pid, "SIGKILL");
    await until(async () => (await processes.holdersOf(path)).length === 0);
    expect(await processes.holdersOf(join(folder, "nowhere"))).toEqual([]);
  });

  it("knows the working directory of a process", async () => {
    const cwd = join(folder, `work here ${source}`);
    await mkdir(cwd);
    expect(await processes.workingDirectory(await running("echo up; exec sleep 300", cwd))).toBe(cwd);
  });
});

describe("where a source of facts is strange", () => {
  it("uses what lsof printed although it exited with an error", async () => {
    const lines = ["#!/bin/sh", `printf 'p1\\nfcwd\\nn/tmp\\nf3\\nn/home/a b/sessions/rollout-1.jsonl\\n'`, "exit 1"];
    const tools = join(folder, "tools");
    await mkdir(tools);
    await script(tools, "lsof", lines);
    const processes = createProcesses({ source: "unix-tools", env: { PATH: `${tools}:${process.env["PATH"]}` } });
    expect(await processes.openFiles(process.pid)).toEqual(["/home/a b/sessions/rollout-1.jsonl"]);
  });

  it("says that lsof is missing, and that it hangs", async () => {
    const empty = join(folder, "empty");
    await mkdir(empty);
    const without = createProcesses({ source: "unix-tools", env: { PATH: empty } });
    await expect(without.openFiles(process.pid)).rejects.toMatchObject({ code: "tool_missing" });
    await script(empty, "lsof", ["#!/bin/sh", "exec /bin/sleep 300"]);
    const hanging = createProcesses({ source: "unix-tools", env: { PATH: empty }, time_limit_ms: 200 });
    await expect(hanging.openFiles(process.pid)).rejects.toMatchObject({ code: "timeout" });
  });

  it("stops looking for the holders of a file when the time is over", async () => {
    const table = procfsTable({ time_limit_ms: -1, root: join(folder, "proc") });
    await mkdir(join(folder, "proc", "1", "fd"), { recursive: true });
    await expect(table.holdersOf("/some/file")).rejects.toMatchObject({ code: "timeout" });
  });

  it("reads the stat line of a program whose name looks like the fields after it", () => {
    const numbers = Array.from({ length: 40 }, (_, index) => String(index + 5)).join(" ");
    expect(statFields(`12 (a) S 1 (b c) R 77 ${numbers}`)).toEqual({
      state: "R",
      parent_pid: 77,
      group: 5,
      foreground_group: 8,
      start_ticks: 22,
    });
    expect(statFields("")).toBeNull();
  });

  it("turns the escapes of lsof back into the bytes they stand for", () => {
    const records = parseLsof("p9\nf4\ntREG\nn/a\\\\x\\xc3\\xa9\\n\nf5\nnpipe\n");
    expect(records).toEqual([{ descriptor: "4", path: "/a\\xé\n" }]);
  });

  it("survives a table of parents that runs in a circle", () => {
    expect(
      breadthFirst(
        1,
        new Map([
          [2, 1],
          [3, 2],
          [1, 3],
          [0, 0],
        ]),
      ),
    ).toEqual([2, 3]);
  });

  it.runIf(existsSync("/proc/self/stat"))("does not report a deleted file that is still open", async () => {
    const path = join(folder, "soon gone");
    const handle = await open(path, "w");
    await unlink(path);
    const files = await createProcesses().openFiles(process.pid);
    await handle.close();
    expect(files.filter((file) => file.includes("soon gone"))).toEqual([]);
  });
});

describe("findExecutable", () => {
  it("takes the first program on PATH and passes over what cannot be run", async () => {
    const [first, second] = [join(folder, "bin1"), join(folder, "bin2")];
    await Promise.all([mkdir(join(first, "folder-tool"), { recursive: true }), mkdir(second)]);
    await writeFile(join(first, "tool"), "not executable");
    const tool = await script(second, "tool", ["#!/bin/sh"]);
    const { findExecutable } = createProcesses({ env: { PATH: `${first}:${second}` } });
    expect(await findExecutable("tool")).toBe(tool);
    expect(await findExecutable("tool", first)).toBeNull();
    expect(await findExecutable("folder-tool")).toBeNull();
    expect(await findExecutable(tool, "")).toBe(tool);
    expect(await findExecutable("")).toBeNull();
  });

  it("never finds a program through the current folder", async () => {
    await script(folder, "lurking", ["#!/bin/sh"]);
    const before = process.cwd();
    process.chdir(folder);
    const found = await createProcesses()
      .findExecutable("lurking", ":.:")
      .finally(() => process.chdir(before));
    expect(found).toBeNull();
  });
});
