import { createHash } from "node:crypto";
import {
  cpSync,
  createWriteStream,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type BundleManifest, operations } from "@conveyor/contracts";
import { Store } from "@conveyor/store";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ZipFile } from "yazl";
import { replay } from "../audit/replay.ts";
import type { Ctx } from "../ctx.ts";
import { foreignness } from "../shared/ledger-guard.ts";
import { story } from "../testing/story.ts";
import { createWorld, type World } from "../testing/world.ts";
import { exportTask } from "./export-task.ts";
import { importExport as run } from "./import-export.ts";

let world: World;
/** A bundle and its archive that nobody touches. */
let pristine: string;
/** A copy for one test. */
let folder: string;
beforeAll(async () => {
  world = createWorld();
  await story(world);
  pristine = join(world.root, "pristine");
  await exportTask(
    world.ctx,
    operations.exports.exportTask.input.parse({ task: "story", folder: pristine, zip: true }),
  );
});
beforeEach(() => {
  folder = mkdtempSync(join(world.root, "bundle-"));
  cpSync(pristine, folder, { recursive: true });
});
afterAll(() => world.close());

let others = 0;

/** A ledger of its own, made when it is first asked for. */
function elsewhere(name = `other-${others++}`): Ctx & { ledger: string; close: () => Promise<void> } {
  const ledger = join(world.root, name, "workerctl.db");
  let store: Store | undefined;
  const settings = { ...world.ctx.settings, ledger_path: ledger, state_root: join(world.root, name) };
  const ctx = {
    ...world.ctx,
    settings,
    ledger,
    close: async () => store?.close(),
    get store() {
      return (store ??= Store.open({
        path: ledger,
        create: true,
        clock: world.host.clock,
        host_id: () => world.host.host_id,
      }));
    },
  };
  return ctx;
}

const importInto = (ctx: Ctx, bundle: string, check = false) => run(ctx, { bundle, check });
const manifestOf = () => JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as BundleManifest;
const put = (manifest: object) => writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));

/** Change a file of the bundle, and what the manifest says of it. */
function forge(name: string, change: (text: string) => string): void {
  const text = change(readFileSync(join(folder, name), "utf8"));
  writeFileSync(join(folder, name), text);
  const manifest = manifestOf();
  manifest.bytes[name] = Buffer.byteLength(text);
  manifest.sha256[name] = createHash("sha256").update(text).digest("hex");
  put(manifest);
}

async function zipped(fill: (zip: ZipFile) => void): Promise<string> {
  const zip = new ZipFile();
  fill(zip);
  zip.end();
  const archive = `${folder}.zip`;
  await pipeline(zip.outputStream, createWriteStream(archive));
  return archive;
}

/** What a replay tells, in the form in which people may see it. */
async function told(ctx: Ctx, more: object = {}): Promise<unknown> {
  const { withoutContent } = await import("../shared/hidden-content.ts");
  const { directory } = await import("@conveyor/contracts/directory");
  const input = operations.audit.replay.input.parse({ task: "story", ...more });
  return withoutContent(directory["audit.replay"].content, input, await replay(ctx, input));
}

describe("import-export", () => {
  it.each([["a folder"], ["an archive"]])("restores %s so that replay tells the same", async (form) => {
    const other = elsewhere();
    const { imported, rows, ledger_path } = await importInto(other, form === "a folder" ? folder : `${pristine}.zip`);
    expect({ imported, ledger_path }).toEqual({ imported: true, ledger_path: other.ledger });
    expect(rows).toMatchObject({ tasks: 1, sessions: 2, acceptance_criteria: 1, manager_decisions: 2 });
    for (const format of ["compact", "timeline"]) {
      for (const role of ["all", "worker", "manager", "reviewer"]) {
        expect(await told(other, { format, role, spans: true })).toEqual(
          await told(world.ctx, { format, role, spans: true }),
        );
      }
    }
    await other.close();
  });

  it("gives a ledger that nothing acts on, without terminals, secrets or consent of the other machine", async () => {
    const other = elsewhere();
    await importInto(other, folder);
    const [theirs, ours] = await Promise.all(
      [other, world.ctx].map((ctx) => ctx.store.read((tx) => tx.db.sessions.findMany({ orderBy: { name: "asc" } }))),
    );
    expect(theirs?.map(({ tmux_session, pid, codex_session_path }) => [tmux_session, pid, codex_session_path])).toEqual(
      [
        [null, null, null],
        [null, null, null],
      ],
    );
    const tokens = new Set([...(theirs ?? []), ...(ours ?? [])].map(({ identity_token }) => identity_token));
    expect(tokens.size).toBe(4);
    const { host_id, env } = world.host;
    expect(await foreignness({ ledger_path: other.ledger, host_id: () => host_id, env })).toBe("other_host");
    const audit = await other.store.read((tx) => tx.db.events.findFirst({ orderBy: { seq: "desc" } }));
    expect(audit).toMatchObject({ type: "bundle_imported", task_id: null });
    await other.close();
  });

  it("makes telemetry findable again, and goes on with higher numbers", async () => {
    const other = elsewhere();
    await importInto(other, folder);
    const { list } = await import("../telemetry/list.ts");
    const input = operations.telemetry.list.input.parse({ search: "nudge_worker" });
    expect((await list(other, input)).length).toBeGreaterThan(0);
    expect((await list(other, input)).map(({ id }) => id)).toEqual((await list(world.ctx, input)).map(({ id }) => id));
    const last = await other.store.peek((tx) => tx.seq());
    const rows = await other.store.read((tx) => tx.db.events.findMany({ select: { seq: true } }));
    for (const { seq } of rows) expect(seq).toBeLessThan(last);
    await other.close();
  });

  it("only looks when it is asked to check, and makes no ledger", async () => {
    const other = elsewhere();
    const { imported, ledger_path, rows } = await importInto(other, folder, true);
    expect({ imported, ledger_path, tasks: rows["tasks"] }).toEqual({ imported: false, ledger_path: null, tasks: 1 });
    expect(existsSync(other.ledger)).toBe(false);
  });

  it("refuses a ledger in which something has happened, and leaves it as it is", async () => {
    const before = await world.auditTypes();
    await expect(importInto(world.ctx, folder)).rejects.toMatchObject({ code: "conflict" });
    expect(await world.auditTypes()).toEqual(before);
  });

  type Damage = [what: string, damage: () => void, code: string, words: string];
  it.each<Damage>([
    [
      "a hash that differs",
      () => forge("commands.json", (text) => text.replace("nudge", "fudge")) ?? unhash("commands.json"),
      "bundle_invalid",
      "hash",
    ],
    [
      "a report that was changed",
      () =>
        writeFileSync(
          join(folder, "telemetry-report.md"),
          readFileSync(join(folder, "telemetry-report.md"), "utf8").replace("#", "-"),
        ),
      "bundle_invalid",
      "hash",
    ],
    ["a file that was cut off", () => truncateSync(join(folder, "events.json"), 10), "bundle_invalid", "as long"],
    [
      "a file that is missing",
      () => renameSync(join(folder, "runs.json"), `${folder}-runs`),
      "bundle_invalid",
      "missing",
    ],
    ["a part that even the manifest does not name", () => drop("runs.json"), "bundle_invalid", "missing"],
    ["a file that nobody named", () => writeFileSync(join(folder, "more.txt"), ""), "bundle_invalid", "not named"],
    ["a link", () => symlinkSync("/etc/passwd", join(folder, "link.txt")), "bundle_invalid", "neither"],
    [
      "no manifest",
      () => renameSync(join(folder, "manifest.json"), `${folder}-manifest`),
      "bundle_invalid",
      "no manifest",
    ],
    [
      "a manifest that is no JSON",
      () => writeFileSync(join(folder, "manifest.json"), "{"),
      "bundle_invalid",
      "not JSON",
    ],
    ["a manifest of another form", () => put({ format_version: 2 }), "bundle_invalid", "does not fit"],
    ["a newer form", () => put({ ...manifestOf(), format_version: 3 }), "ledger_unsupported", "newer"],
    ["a newer schema", () => put({ ...manifestOf(), schema_version: 9999 }), "ledger_unsupported", "newer"],
    ["a row that is no object", () => forge("runs.json", () => "[\n7\n]\n"), "bundle_invalid", "row 1"],
    ["a row that is no JSON", () => forge("runs.json", () => "[\n{,\n]\n"), "bundle_invalid", "row 1"],
    [
      "a row that its table refuses",
      () => forge("ledger/tasks.json", (text) => text.replace(/"state":"\w+"/, '"state":"x"')),
      "bundle_invalid",
      "row 1",
    ],
    ["two tasks", () => forge("ledger/tasks.json", () => "[]\n"), "bundle_invalid", ""],
    [
      "a row that names another that is not there",
      () => forge("ledger/sessions.json", () => "[]\n"),
      "bundle_invalid",
      "not in it",
    ],
  ])("refuses %s, and takes nothing of it", async (_, damage, code, words) => {
    damage();
    const other = elsewhere();
    await expect(importInto(other, folder)).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
    if (existsSync(other.ledger)) {
      const { tasks, events, sessions } = other.store && (await counts(other));
      expect({ tasks, events, sessions }).toEqual({ tasks: 0, events: 0, sessions: 0 });
    }
    await other.close();
  });

  it.each<[string, (zip: ZipFile) => void, string]>([
    ["an entry above the folder", (zip) => raw(zip, "../out.txt"), "relative path"],
    ["an absolute entry", (zip) => raw(zip, "/etc/out.txt"), "absolute path"],
    ["an entry with a backslash", (zip) => raw(zip, "a\\b.txt"), "characters"],
    ["a link", (zip) => zip.addBuffer(Buffer.from("/etc/passwd"), "link.txt", { mode: 0o120777 }), "link"],
    ["a folder", (zip) => zip.addEmptyDirectory("ledger"), "folder"],
    ["a name twice", (zip) => Array.from({ length: 2 }, () => zip.addBuffer(Buffer.from("x"), "a.txt")), "twice"],
    ["nothing of a bundle", (zip) => zip.addBuffer(Buffer.from("x"), "a.txt"), "manifest"],
    [
      "more files than any export has",
      (zip) => Array.from({ length: 1001 }, (_, i) => zip.addBuffer(Buffer.from(""), `${i}`)),
      "more than",
    ],
  ])("refuses an archive with %s", async (_, fill, words) => {
    const archive = await zipped(fill);
    const other = elsewhere();
    const found = { code: "bundle_invalid", message: expect.stringContaining(words) };
    await expect(importInto(other, archive)).rejects.toMatchObject(found);
    expect(existsSync(other.ledger)).toBe(false);
  });

  it("refuses an archive that unpacks to more than it says, before it takes memory for it", async () => {
    const { files, bytes } = manifestOf();
    const bomb = "runs.json";
    const archive = await zipped((zip) => {
      for (const name of [...files, "manifest.json"]) {
        if (name === bomb) zip.addBuffer(Buffer.alloc(50 * 1024 * 1024), name);
        else zip.addFile(join(folder, name), name);
      }
    });
    expect(bytes[bomb]).toBeLessThan(1000);
    const refused = { code: "bundle_invalid", message: expect.stringContaining("as long") };
    await expect(importInto(elsewhere(), archive)).rejects.toMatchObject(refused);
    // The size in the archive's own list is a lie as well.
    const bytesOf = readFileSync(archive);
    const lie = Buffer.alloc(4);
    lie.writeUInt32LE(bytes[bomb] ?? 0);
    const real = Buffer.alloc(4);
    real.writeUInt32LE(50 * 1024 * 1024);
    for (let at = bytesOf.indexOf(real); at >= 0; at = bytesOf.indexOf(real, at + 4)) lie.copy(bytesOf, at);
    writeFileSync(archive, bytesOf);
    await expect(importInto(elsewhere(), archive)).rejects.toMatchObject({ code: "bundle_invalid" });
  });

  it.each([
    ["nothing at all", "missing.zip", "not_found"],
    ["a file that is no archive", "text", "bundle_invalid"],
  ])("refuses %s", async (_, name, code) => {
    writeFileSync(join(world.root, "text"), "no archive");
    await expect(importInto(elsewhere(), join(world.root, name))).rejects.toMatchObject({ code });
  });
});

/** Break the hash of a file that was forged. */
function unhash(name: string): void {
  const manifest = manifestOf();
  manifest.sha256[name] = "0".repeat(64);
  put(manifest);
}

/** A bundle from which a part was taken, and the manifest with it. */
function drop(name: string): void {
  renameSync(join(folder, name), `${folder}-dropped`);
  const manifest = manifestOf();
  put({ ...manifest, files: manifest.files.filter((one) => one !== name) });
}

/** An entry under a name that the library itself would not write. */
function raw(zip: ZipFile, name: string): void {
  const plain = "x".repeat(name.length);
  zip.addBuffer(Buffer.from("x"), plain);
  const [entry] = (zip as unknown as { entries: { utf8FileName: Buffer }[] }).entries.slice(-1);
  if (entry !== undefined) entry.utf8FileName = Buffer.from(name);
}

async function counts(ctx: Ctx) {
  return ctx.store.read(async (tx) => ({
    tasks: await tx.db.tasks.count(),
    events: await tx.db.events.count(),
    sessions: await tx.db.sessions.count(),
  }));
}
