import { execFileSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  appendPrivately,
  createPrivately,
  makeFolder,
  openRegular,
  readWhole,
  realPath,
  replaceFile,
} from "./index.ts";

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "conveyor-files-")));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const at = (...parts: string[]) => join(root, ...parts);

/** Whatever may stand where a file is expected. None of them may make a reader or a writer wait. */
const NO_FILES: { what: string; make: (path: string) => unknown; reason: string }[] = [
  { what: "a FIFO", make: (path) => execFileSync("mkfifo", [path]), reason: "is not a file" },
  { what: "a link to a FIFO", make: linkToFifo, reason: "is not a file" },
  { what: "a folder", make: (path) => mkdirSync(path), reason: "is not a file" },
  { what: "a link to a terminal", make: (path) => symlinkSync("/dev/tty", path), reason: "" },
  { what: "a link to an endless device", make: (path) => symlinkSync("/dev/zero", path), reason: "is not a file" },
  { what: "a link to itself", make: (path) => symlinkSync(path, path), reason: "is a link" },
  { what: "a link to nothing", make: (path) => symlinkSync(`${path}-gone`, path), reason: "does not exist" },
  { what: "a socket", make: listenAt, reason: "is not a file" },
];

function linkToFifo(path: string): void {
  execFileSync("mkfifo", [`${path}.fifo`]);
  symlinkSync(`${path}.fifo`, path);
}

async function listenAt(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(path, done));
  server.unref();
}

describe("reading", () => {
  it.each(NO_FILES)("refuses $what at once", async ({ make, reason }) => {
    await make(at("f"));
    const outcome = readWhole(at("f"), { most_bytes: 100 });
    expect(outcome.ok).toBe(false);
    if (!outcome.ok && reason !== "") expect(outcome.reason).toBe(reason);
  });

  it("reads up to the bound and refuses one byte more", () => {
    writeFileSync(at("f"), "x".repeat(10));
    expect(readWhole(at("f"), { most_bytes: 10 })).toMatchObject({ ok: true, text: "xxxxxxxxxx" });
    expect(readWhole(at("f"), { most_bytes: 9 })).toMatchObject({ ok: false, reason: "is larger than 9 bytes" });
  });

  it("reads a file that says it is empty and is not", () => {
    expect(readWhole("/proc/self/status", { most_bytes: 100_000 })).toMatchObject({ ok: true });
    expect(readWhole("/proc/self/status", { most_bytes: 3 })).toMatchObject({ ok: false });
  });

  it("follows a link unless told not to", () => {
    writeFileSync(at("real"), "content");
    symlinkSync(at("real"), at("link"));
    expect(readWhole(at("link"), { most_bytes: 10 })).toMatchObject({ ok: true, text: "content" });
    expect(readWhole(at("link"), { most_bytes: 10, links: "refuse" })).toMatchObject({
      ok: false,
      reason: "is a link",
    });
  });

  it("says of a missing file that it is missing, whatever is missing of its path", () => {
    writeFileSync(at("file"), "");
    for (const path of [at("no"), at("no", "deeper"), at("file", "below")]) {
      expect(readWhole(path, { most_bytes: 1 })).toMatchObject({ ok: false, missing: true });
    }
  });

  it("leaves no descriptor open", () => {
    execFileSync("mkfifo", [at("fifo")]);
    const open = () => readdirSync("/proc/self/fd").length;
    const before = open();
    for (let i = 0; i < 20; i += 1) readWhole(at("fifo"), { most_bytes: 1 });
    expect(() => openRegular(at("fifo"))).toThrow("is not a file");
    expect(open()).toBe(before);
  });
});

describe("writing", () => {
  it("replaces a planted link and leaves its target alone", () => {
    writeFileSync(at("victim"), "precious");
    symlinkSync(at("victim"), at("token"));
    replaceFile(at("token"), "new");
    expect(readFileSync(at("victim"), "utf8")).toBe("precious");
    expect(lstatSync(at("token")).isSymbolicLink()).toBe(false);
    expect(readFileSync(at("token"), "utf8")).toBe("new");
  });

  it.each(["/dev/null", "victim", "not-there"])(
    "neither makes nor appends to a file through a link to %s",
    (target) => {
      const victim = target.startsWith("/") ? target : at(target);
      if (target === "victim") writeFileSync(victim, "precious");
      symlinkSync(victim, at("log"));
      expect(() => createPrivately(at("log"), "x")).toThrow();
      expect(() => appendPrivately(at("log"))).toThrow();
      if (target === "victim") expect(readFileSync(victim, "utf8")).toBe("precious");
      if (target === "not-there") expect(existsSync(victim)).toBe(false);
    },
  );

  it("does not wait for a reader of a FIFO that stands where a log belongs", () => {
    execFileSync("mkfifo", [at("log")]);
    expect(() => appendPrivately(at("log"))).toThrow("is not a file");
  });

  it("makes files that only the owner can read, whatever the mask, and closes an open one", () => {
    writeFileSync(at("log"), "old\n");
    chmodSync(at("log"), 0o644);
    const file = appendPrivately(at("log"));
    writeSync(file, "new\n");
    closeSync(file);
    replaceFile(at("other"), "x");
    expect(readFileSync(at("log"), "utf8")).toBe("old\nnew\n");
    for (const name of ["log", "other"]) expect(statSync(at(name)).mode & 0o777).toBe(0o600);
  });

  it("leaves no draft behind when the place is taken by a folder", () => {
    mkdirSync(at("token"));
    expect(() => replaceFile(at("token"), "x")).toThrow();
    expect(readdirSync(root)).toEqual(["token"]);
  });
});

describe("making folders", () => {
  it("makes each level with the mode, and says whether there was anything to make", () => {
    expect(makeFolder(at("a", "b", "c"))).toBe(true);
    expect(makeFolder(at("a", "b", "c"))).toBe(false);
    for (const path of [at("a"), at("a", "b", "c")]) expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it.each(["/proc/self/x", "/proc/self/x/y/z", "/proc/sys/conveyor/deep", "/dev/null/x"])(
    "refuses %s at once",
    (path) => {
      expect(() => makeFolder(path)).toThrow();
    },
  );

  it("refuses what stands in the way: a file, a link to nothing", () => {
    writeFileSync(at("file"), "");
    symlinkSync(at("gone"), at("link"));
    expect(() => makeFolder(at("file", "x"))).toThrow();
    expect(() => makeFolder(at("file"))).toThrow();
    expect(() => makeFolder(at("link", "x"))).toThrow();
    expect(existsSync(at("gone"))).toBe(false);
  });
});

describe("the real path", () => {
  it("is the same by whatever way a place is named, also before it exists", () => {
    mkdirSync(at("home"));
    symlinkSync(at("home"), at("link"));
    const names = ["home", "home/", "./home", "link", "link/", "home/../link", "link/.", "link//"];
    expect(new Set(names.map((name) => realPath(name, root)))).toEqual(new Set([at("home")]));
    expect(new Set(names.map((name) => realPath(`${name}/codex/new`, root)))).toEqual(new Set([at("home/codex/new")]));
  });

  it("survives a link to itself and a path without any existing part but the root", () => {
    symlinkSync(at("loop"), at("loop"));
    expect(realPath("loop/x", root)).toBe(at("loop/x"));
    expect(realPath("/nowhere/at/all")).toBe("/nowhere/at/all");
  });
});
