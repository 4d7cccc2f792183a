import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rolloutFixture } from "../../fixtures/index.ts";
import { readCodexRollout as readRollout } from "../agents/codex/records/line.ts";
import { parseRolloutName } from "../agents/codex/records/name.ts";
import { observeRollout } from "../agents/codex/records/observe.ts";
import type { KnownRollout } from "./identity.ts";
import { decideRollout, hashLineAt, identifyRollout } from "./identity.ts";

const THREAD = "019b0000-aaaa-7000-8000-000000000001";
const REVISION = "019b0000-bbbb-7000-8000-000000000002";

let home: string;
let path: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "conveyor-identity-"));
  path = inDay("2026/11/02", `rollout-2026-11-02T08-00-00-${THREAD}.jsonl`);
  writeFileSync(path, readFileSync(rolloutFixture("v0.169-exec-hello-then-resume")));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function inDay(day: string, name: string): string {
  const folder = join(home, "sessions", day);
  mkdirSync(folder, { recursive: true });
  return join(folder, name);
}

/** Read the file as ingest would, and note what it would note. */
function readAll(file = path): KnownRollout {
  const last = [...readRollout({ path: file, offset: 0 })].at(-1);
  const identity = identifyRollout(file);
  if (!last || !identity) throw new Error("nothing to read");
  return {
    path: file,
    thread_id: THREAD,
    device: identity.device,
    inode: identity.inode,
    offset: last.next_offset,
    last_line_offset: last.last_line?.offset ?? null,
    last_line_sha256: last.last_line?.sha256 ?? null,
  };
}

const look = (known: KnownRollout) => decideRollout(known, observeRollout(known));

describe("how a rollout goes on", () => {
  it("goes on at the offset while the file is the same, also after it grew", () => {
    const known = readAll();
    expect(look(known)).toMatchObject({
      kind: "same",
      read: { path, offset: known.offset },
      next: null,
      file_events: [],
    });
    appendFileSync(path, "{}\n");
    expect(look(known)).toMatchObject({ kind: "same", read: { offset: known.offset } });
  });

  it("goes on at the offset 0 of a file that was never read", () => {
    const known = {
      ...readAll(),
      device: null,
      inode: null,
      offset: 0,
      last_line_offset: null,
      last_line_sha256: null,
    };
    expect(look(known)).toMatchObject({ kind: "same", read: { offset: 0 } });
  });

  it("tells a file that shrank", () => {
    const known = readAll();
    truncateSync(path, 100);
    expect(look(known)).toEqual({ kind: "shrunk", read: null, next: null, file_events: [] });
  });

  it("reads a migrated file from its beginning, although it is larger", () => {
    writeFileSync(path, readFileSync(rolloutFixture("v0.137-exec-legacy")));
    const known = readAll();
    writeFileSync(`${path}.tmp`, readFileSync(rolloutFixture("v0.137-exec-legacy-migrated-to-paginated")));
    renameSync(`${path}.tmp`, path);
    expect(look(known)).toMatchObject({
      kind: "replaced",
      read: { path, offset: 0 },
      file_events: [{ kind: "replaced", from: path, to: path }],
    });
  });

  it("notices other bytes in the same file, and a smaller new file", () => {
    const known = readAll();
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replaceAll("task_complete", "task_COMPLETE"));
    expect(look(known)).toMatchObject({ kind: "replaced", read: { offset: 0 } });
    writeFileSync(`${path}.tmp`, "{}\n");
    renameSync(`${path}.tmp`, path);
    expect(look(known)).toMatchObject({ kind: "replaced", read: { offset: 0 } });
  });

  it("finishes a file that a rewind superseded and names the next one", () => {
    const known = readAll();
    inDay("2026/11/02", "keep");
    const next = inDay("2026/11/03", `rollout-2026-11-03T07-00-00-${THREAD}_${REVISION}.jsonl`);
    writeFileSync(next, readFileSync(rolloutFixture("v0.169-tui-rewound-then-killed")));
    writeFileSync(inDay("2026/11/03", `rollout-2026-11-03T09-00-00-${REVISION}.jsonl`), "{}\n");
    expect(look(known)).toMatchObject({
      kind: "superseded",
      read: { path, offset: known.offset },
      next,
      file_events: [{ kind: "superseded", from: path, to: next }],
    });
    expect(look({ ...readAll(next) })).toMatchObject({ kind: "same", next: null });
  });

  it("takes a revision of the same second for the newer file", () => {
    const known = readAll();
    const next = path.replace(".jsonl", `_${REVISION}.jsonl`);
    writeFileSync(next, "{}\n");
    expect(look(known)).toMatchObject({ kind: "superseded", next });
  });

  it("follows a file into the archive at its offset", () => {
    const known = readAll();
    const archived = join(home, "archived_sessions", path.slice(dirname(path).length + 1));
    mkdirSync(dirname(archived));
    renameSync(path, archived);
    expect(look(known)).toMatchObject({
      kind: "archived",
      read: { path: archived, offset: known.offset },
      file_events: [{ kind: "archived", from: path, to: archived }],
    });
  });

  it("reports a compressed file first and reads nothing of it", () => {
    const known = readAll();
    renameSync(path, `${path}.zst`);
    expect(look(known)).toEqual({
      kind: "compressed",
      read: null,
      next: null,
      file_events: [{ kind: "compressed", from: path, to: `${path}.zst` }],
    });
  });

  it("recovers with the newest file of the thread, in any day's folder", () => {
    const known = readAll();
    const older = inDay("2026/10/01", `rollout-2026-10-01T08-00-00-${THREAD}.jsonl`);
    const oldest = inDay("2025/12/31", `rollout-2025-12-31T08-00-00-${THREAD}.jsonl`);
    for (const file of [older, oldest]) writeFileSync(file, "{}\n");
    rmSync(path);
    expect(look(known)).toMatchObject({
      kind: "recovered",
      read: { path: older, offset: 0 },
      file_events: [{ kind: "recovered", from: path, to: older }],
    });
  });

  it("says that a file is missing only when nothing is found", () => {
    const known = readAll();
    rmSync(path);
    expect(look(known)).toEqual({ kind: "missing", read: null, next: null, file_events: [] });
  });
});

describe("hashLineAt", () => {
  it("hashes nothing where no complete line begins", () => {
    writeFileSync(path, "abc\nhalf");
    expect(hashLineAt(path, 0)).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(hashLineAt(path, 4)).toBeNull();
    expect(hashLineAt(path, 100)).toBeNull();
  });
});

describe("parseRolloutName", () => {
  it("takes time, thread and revision from a name, and nothing from other names", () => {
    expect(parseRolloutName(`/a/rollout-2026-11-02T08-00-00-${THREAD}_${REVISION}.jsonl`)).toEqual({
      time: "2026-11-02T08-00-00",
      thread_id: THREAD,
      revision: REVISION,
    });
    expect(parseRolloutName(path)?.revision).toBeNull();
    expect(parseRolloutName("/a/rollout-today.jsonl")).toBeNull();
  });
});
