import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { isProcessAlive, processStartMark } from "./process-life.ts";

describe("a process", () => {
  it("is alive while it runs and dead afterwards", async () => {
    const child = spawn(process.execPath, ["-e", "process.stdin.resume()"]);
    await once(child, "spawn");
    const pid = child.pid as number;
    const claim = { pid, pid_started_at: processStartMark(pid) };
    expect(isProcessAlive(claim)).toBe(true);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(isProcessAlive(claim)).toBe(false);
  });

  it("that got the pid of another one is not that one", () => {
    const known = processStartMark(process.pid) !== null;
    expect(isProcessAlive({ pid: process.pid, pid_started_at: "1" })).toBe(!known);
  });

  it.each([-1, 0, -process.pid, 1.5, Number.NaN, 2 ** 31, "1" as unknown as number])(
    "never has the number %s",
    (pid) => {
      expect(isProcessAlive({ pid, pid_started_at: null })).toBe(false);
    },
  );

  it("that has ended and waits for its parent is dead", async () => {
    // The shell starts a child and, before that ends, becomes a program that never asks how it ended.
    const parent = spawn("sh", ["-c", "sleep 0.1 & echo $!; exec sleep 600"], { stdio: ["ignore", "pipe", "ignore"] });
    const [said] = await once(parent.stdout, "data");
    const pid = Number(String(said));
    const isZombie = () => /^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
    await vi.waitUntil(isZombie, { timeout: 10_000, interval: 5 });
    expect(isProcessAlive({ pid, pid_started_at: processStartMark(pid) })).toBe(false);
    parent.kill("SIGKILL");
  });

  it("of another user is none of ours, also for root, who may signal everybody", async () => {
    const isRoot = process.getuid?.() === 0;
    const child = isRoot ? spawn("sleep", ["600"], { uid: 65_534, gid: 65_534 }) : undefined;
    if (child !== undefined) await once(child, "spawn");
    const pid = child?.pid ?? 1;
    expect(isProcessAlive({ pid, pid_started_at: processStartMark(pid) })).toBe(false);
    child?.kill("SIGKILL");
  });
});
