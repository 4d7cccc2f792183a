import { EventEmitter } from "node:events";
import type { FSWatcher, watch } from "node:fs";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ChangeSignal, type WaitOutcome } from "./changes.ts";

/** A file system whose events come when the test says so. */
class Events extends EventEmitter {
  #listener: ((event: string, file: string | null) => void) | undefined;
  closed = 0;

  readonly watch = ((_folder: string, _options: object, listener: (event: string, file: string | null) => void) => {
    this.#listener = listener;
    return Object.assign(this, { close: () => void (this.closed += 1) }) as unknown as FSWatcher;
  }) as unknown as typeof watch;

  written(file: string | null = "x.db-wal"): void {
    this.#listener?.("change", file);
  }
}

let folder: string;
let mine: Database.Database;
let other: Database.Database;
let events: Events;
let signal: ChangeSignal;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "conveyor-changes-"));
  [mine, other] = [new Database(join(folder, "x.db")), new Database(join(folder, "x.db"))];
  mine.pragma("journal_mode = WAL");
  other.exec("CREATE TABLE t (n)");
  events = new Events();
  vi.useFakeTimers();
  signal = new ChangeSignal(mine, join(folder, "x.db"), events.watch);
});
afterEach(() => {
  signal.close();
  vi.useRealTimers();
  for (const handle of [mine, other]) handle.close();
  rmSync(folder, { recursive: true, force: true });
});

const commit = () => other.exec("INSERT INTO t VALUES (1)");

/** A wait from now on, and what has become of it. */
function waiting(): { outcome: WaitOutcome | "still waiting" } {
  const wait: { outcome: WaitOutcome | "still waiting" } = { outcome: "still waiting" };
  void signal.wait(signal.version, { timeout_ms: 60_000 }).then((outcome) => (wait.outcome = outcome));
  return wait;
}

const after = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("a wait for a change of another process", () => {
  it("ends at the event of the write when the commit can be seen by then", async () => {
    const wait = waiting();
    commit();
    events.written();
    await after(0);
    expect(wait.outcome).toBe("changed");
  });

  it.each([
    [2, 3],
    [5, 6],
    [8, 12],
    [15, 20],
    [30, 35],
    [50, 60],
  ])("ends soon when the commit comes %d ms after its event: at %d ms", async (committed, seen) => {
    const wait = waiting();
    events.written();
    await after(committed);
    commit();
    await after(seen - committed - 1);
    expect(wait.outcome).toBe("still waiting");
    await after(1);
    expect(wait.outcome).toBe("changed");
  });

  it("shares the looks of events that come in a row, and looks no more once they are over", async () => {
    waiting();
    const resting = vi.getTimerCount();
    for (let count = 0; count < 100; count += 1) events.written();
    expect(vi.getTimerCount()).toBe(resting + 1);
    await after(100);
    expect(vi.getTimerCount()).toBe(resting);
  });

  it("begins the looks anew with an event in between", async () => {
    const wait = waiting();
    events.written();
    await after(59);
    events.written();
    await after(3);
    commit();
    await after(8);
    expect(wait.outcome).toBe("changed");
  });

  it("does not take the write of another file for one of the log", async () => {
    const wait = waiting();
    commit();
    events.written("server.log");
    await after(100);
    expect(wait.outcome).toBe("still waiting");
    events.written(null);
    await after(0);
    expect(wait.outcome).toBe("changed");
  });

  it("ends within the beat when an event got lost", async () => {
    const wait = waiting();
    commit();
    await after(200);
    expect(wait.outcome).toBe("changed");
  });

  it("looks often where the file system tells of nothing, until it tells of something", async () => {
    waiting();
    commit();
    await after(200);
    const second = waiting();
    commit();
    await after(10);
    expect(second.outcome).toBe("changed");
    events.written();
    const third = waiting();
    await after(100);
    commit();
    await after(90);
    expect(third.outcome).toBe("still waiting");
    await after(110);
    expect(third.outcome).toBe("changed");
  });

  it("goes on when watching fails in the middle", async () => {
    const wait = waiting();
    events.emit("error", new Error("the queue is gone"));
    commit();
    await after(10);
    expect(wait.outcome).toBe("changed");
  });

  it("stops watching a while after the last wait", async () => {
    const wait = waiting();
    commit();
    events.written();
    await after(1_100);
    expect(wait.outcome).toBe("changed");
    expect({ closed: events.closed, timers: vi.getTimerCount() }).toEqual({ closed: 1, timers: 0 });
  });
});
