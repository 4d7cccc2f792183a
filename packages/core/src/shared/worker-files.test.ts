import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WorkerFolder, workerFolders } from "./worker-files.ts";

let root: string;
let folder: WorkerFolder;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "conveyor-files-"));
  folder = new WorkerFolder(root, "docs");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe("the name of a worker folder", () => {
  it.each(["..", "a/b", "", "a b", "ü", "$(id)", "a\n", "x".repeat(201)])("cannot be %j", (name) => {
    expect(() => new WorkerFolder(root, name)).toThrow(expect.objectContaining({ code: "invalid_input" }));
  });
});

describe("the files of a worker", () => {
  it("are private, sorted and complete, whatever the umask", () => {
    const before = process.umask(0);
    folder.writeJson("config.json", { name: "docs", cwd: "/p", nested: { b: 1, a: [{ d: 1, c: 2 }] } });
    folder.writeText("transcript.txt", "secret screen");
    folder.appendEvent({ time: "t", type: "create" });
    process.umask(before);
    expect(readFileSync(folder.file("config.json"), "utf8")).toBe(
      `${JSON.stringify({ cwd: "/p", name: "docs", nested: { a: [{ c: 2, d: 1 }], b: 1 } }, null, 2)}\n`,
    );
    for (const name of ["config.json", "transcript.txt", "events.jsonl"] as const)
      expect(modeOf(folder.file(name)), name).toBe("600");
    expect(modeOf(folder.path)).toBe("700");
    expect(readdirSync(folder.path).sort()).toEqual(["config.json", "events.jsonl", "transcript.txt"]);
  });

  it("tell damage from absence", () => {
    expect(folder.readJson("status.json")).toEqual({ value: null, warnings: [] });
    mkdirSync(folder.path);
    for (const text of ['{"state": "edit', "[1]", "null", ""]) {
      writeFileSync(folder.file("status.json"), text);
      expect(folder.readJson("status.json"), text).toEqual({
        value: null,
        warnings: [expect.stringContaining("status.json")],
      });
    }
    mkdirSync(folder.file("config.json"));
    expect(folder.readJson("config.json").warnings).toHaveLength(1);
  });

  it("are never seen half-written while several write at once", () => {
    const texts = new Set<string>();
    for (let round = 0; round < 50; round += 1) {
      folder.writeJson("status.json", { round, filler: "x".repeat(10_000) });
      texts.add(JSON.stringify(folder.readJson("status.json").value));
    }
    expect(texts.size).toBe(50);
    expect(readdirSync(folder.path)).toEqual(["status.json"]);
  });

  it("name what keeps them from being written", () => {
    writeFileSync(join(root, "taken"), "a file");
    const blocked = new WorkerFolder(join(root, "taken"), "docs");
    expect(() => blocked.writeText("contract.txt", "x")).toThrow(
      expect.objectContaining({ code: "state_root_unwritable" }),
    );
  });

  it("are claimed by one of two who start the same worker", () => {
    folder.claim();
    expect(() => new WorkerFolder(root, "docs").claim()).toThrow(expect.objectContaining({ code: "conflict" }));
  });
});

describe("the event file", () => {
  it("keeps good lines and counts the others", () => {
    mkdirSync(folder.path);
    writeFileSync(folder.file("events.jsonl"), '{"type":"a"}\nnot json\n\n[1,2]\n{"type":"b"}\r\n{"type":"half');
    const { lines, invalid } = folder.readEvents();
    expect(lines.map(({ event, number }) => [event["type"], number])).toEqual([
      ["a", 1],
      ["b", 5],
    ]);
    expect(invalid.map(({ number }) => number)).toEqual([2, 4, 6]);
  });

  it("closes a line that a crash left unfinished before it adds one", () => {
    folder.appendEvent({ time: "t", type: "a" });
    appendFileSync(folder.file("events.jsonl"), '{"type":"half');
    folder.appendEvent({ time: "t", type: "b" });
    expect(folder.readEvents().lines.map(({ event }) => event["type"])).toEqual(["a", "b"]);
  });

  it("is read on from where one stopped, and a line is not taken before it is complete", () => {
    folder.appendEvent({ time: "t", type: "a" });
    const first = folder.readEvents();
    appendFileSync(folder.file("events.jsonl"), '{"type":');
    const during = folder.readEvents(first.end);
    expect([during.lines, during.end]).toEqual([[], first.end]);
    appendFileSync(folder.file("events.jsonl"), '"b"}\n');
    expect(folder.readEvents(during.end).lines.map(({ event }) => event["type"])).toEqual(["b"]);
  });

  it("survives bytes that are no text", () => {
    mkdirSync(folder.path);
    writeFileSync(folder.file("events.jsonl"), Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0x7b, 0x7d, 0x0a]));
    expect(folder.readEvents()).toMatchObject({ lines: [{ event: {} }], invalid: [{ number: 1 }] });
  });
});

describe("the list of worker folders", () => {
  it("holds those with a configuration, by name, and no other folder", () => {
    for (const name of ["b", "a", "artifacts", "run"]) mkdirSync(join(root, name));
    for (const name of ["b", "a"]) writeFileSync(join(root, name, "config.json"), "{}");
    expect(workerFolders(root).map(({ name }) => name)).toEqual(["a", "b"]);
    expect(workerFolders(join(root, "missing"))).toEqual([]);
  });

  it("is empty for a root that may not be read", () => {
    chmodSync(root, 0o700);
    writeFileSync(join(root, "file"), "");
    expect(workerFolders(join(root, "file"))).toEqual([]);
  });
});

describe("what a worker can put into its folder", () => {
  /** None of these may make a reader or a writer wait, or lead it out of the folder. */
  const PLANTED: [string, (path: string) => unknown][] = [
    ["a FIFO", (path) => execFileSync("mkfifo", [path])],
    ["a link to a file elsewhere", (path) => symlinkSync(join(root, "victim"), path)],
    ["a link to an endless device", (path) => symlinkSync("/dev/zero", path)],
    ["a folder", (path) => mkdirSync(path)],
  ];
  const FILES = [
    "config.json",
    "status.json",
    "capture-meta.json",
    "transcript.txt",
    "contract.txt",
    "events.jsonl",
  ] as const;

  it.each(PLANTED)("is read as nothing and not written to when it is %s", (_what, plant) => {
    writeFileSync(join(root, "victim"), "secret");
    mkdirSync(folder.path);
    for (const name of FILES) plant(folder.file(name));
    for (const name of ["config.json", "status.json", "capture-meta.json"] as const) {
      expect(folder.readJson(name)).toEqual({ value: null, warnings: [expect.stringContaining(name)] });
    }
    for (const name of ["transcript.txt", "contract.txt"] as const) expect(folder.readText(name).value).toBeNull();
    expect(() => folder.readEvents()).toThrow(expect.objectContaining({ code: "state_root_unwritable" }));
    expect(() => folder.appendEvent({ time: "t", type: "a" })).toThrow();
    expect(readFileSync(join(root, "victim"), "utf8")).toBe("secret");
  });

  it("is no worker when the folder itself is a link", () => {
    mkdirSync(join(root, "elsewhere"));
    writeFileSync(join(root, "elsewhere/config.json"), "{}");
    symlinkSync(join(root, "elsewhere"), folder.path);
    expect(folder.exists).toBe(false);
    expect(workerFolders(root).map(({ name }) => name)).toEqual(["elsewhere"]);
  });

  it("is replaced as a whole where the program writes, whatever a link there names", () => {
    writeFileSync(join(root, "victim"), "secret");
    mkdirSync(folder.path);
    symlinkSync(join(root, "victim"), folder.file("status.json"));
    folder.writeJson("status.json", { state: "done" });
    expect(readFileSync(join(root, "victim"), "utf8")).toBe("secret");
    expect(folder.readJson("status.json").value).toEqual({ state: "done" });
  });
});
