import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { operations } from "@conveyor/contracts";
import { canonicalJson } from "@conveyor/contracts/json";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openPromise } from "yauzl";
import { mutations } from "../audit/mutations.ts";
import { replay } from "../audit/replay.ts";
import { show as showAudit } from "../audit/show.ts";
import { add as addCriterion } from "../criteria/add.ts";
import { withoutContent } from "../shared/hidden-content.ts";
import { asShown } from "../testing/as-shown.ts";
import { story } from "../testing/story.ts";
import { createWorld, type World } from "../testing/world.ts";
import { exportTask as run } from "./export-task.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

const exportTask = (more: Record<string, unknown> = {}) =>
  run(world.ctx, operations.exports.exportTask.input.parse({ task: "story", ...more }));

const json = (folder: string, name: string) => JSON.parse(readFileSync(join(folder, name), "utf8")) as unknown;
const everything = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .join("\n");

describe("export-task", () => {
  it("writes what its manifest says, and nothing else", async () => {
    await story(world);
    const { export_dir, manifest, archive, task } = await exportTask();
    expect({ archive, task, redacted: manifest.redacted }).toEqual({ archive: null, task: "story", redacted: true });
    expect(json(export_dir, "manifest.json")).toEqual(manifest);
    const names = readdirSync(export_dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(names).toHaveLength(manifest.files.length + 1);
    for (const name of manifest.files) {
      const bytes = readFileSync(join(export_dir, name));
      expect([name, bytes.length]).toEqual([name, manifest.bytes[name]]);
      expect([name, createHash("sha256").update(bytes).digest("hex")]).toEqual([name, manifest.sha256[name]]);
    }
    expect(manifest.files.slice(0, 3)).toEqual(["task-status.json", "audit.json", "acceptance-criteria.json"]);
    expect(statSync(export_dir).mode & 0o777).toBe(0o700);
    expect(statSync(join(export_dir, "audit.json")).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(export_dir))).toEqual(["export"]);
  });

  it("says of the audit what `audit --json` says, row by row", async () => {
    const task = await story(world);
    const call = { task: task.name, include_content: false, type: [] };
    const shown = await asShown("audit.show", showAudit, world.ctx, call);
    const { export_dir } = await exportTask();
    const audit = json(export_dir, "audit.json") as Record<string, unknown>;
    for (const [section, rows] of Object.entries(shown)) {
      expect([section, canonicalJson(audit[section])]).toEqual([section, canonicalJson(rows)]);
    }
    expect(json(export_dir, "commands.json")).toEqual(audit["commands"]);
    expect(json(export_dir, "correlation-chains.json")).toEqual(audit["correlation_chains"]);
  });

  it("holds no content and no secret unless asked, and never a secret", async () => {
    await story(world);
    await world.anyTelemetry({
      task_id: (await world.store.read((tx) => tx.db.tasks.findFirstOrThrow())).id,
      summary: "x",
      attributes: { note: `glpat-${"aB3".repeat(7)}`, session_token: "velvet otter" },
    });
    const strict = everything((await exportTask()).export_dir);
    for (const hidden of ["a private instruction", "a private screen", "glpat-", "velvet otter"]) {
      expect(strict).not.toContain(hidden);
    }
    const captured = everything((await exportTask({ redact: "captured", folder: join(world.root, "b") })).export_dir);
    expect(captured).toContain("a private instruction");
    expect(captured).not.toContain("a private screen");
    const transcripts = await exportTask({ include_transcripts: true, folder: join(world.root, "c") });
    expect(transcripts.manifest).toMatchObject({ redacted: false, transcripts: "segments" });
    const texts = everything(transcripts.export_dir);
    expect(texts).toContain("a private screen");
    for (const hidden of ["a private instruction", "glpat-", "velvet otter"]) expect(texts).not.toContain(hidden);
    const sessions = await world.store.read((tx) => tx.db.sessions.findMany());
    for (const { identity_token } of sessions) expect(texts + captured).not.toContain(identity_token);
  });

  it("replaces an earlier export, and nothing that it did not make", async () => {
    await story(world);
    const { export_dir } = await exportTask();
    expect((await exportTask()).export_dir).toBe(export_dir);
    writeFileSync(join(export_dir, "mine.txt"), "mine");
    await expect(exportTask()).rejects.toMatchObject({
      code: "precondition_failed",
      message: expect.stringContaining("mine.txt"),
    });
    expect(readFileSync(join(export_dir, "mine.txt"), "utf8")).toBe("mine");
    await exportTask({ force: true });
    expect(existsSync(join(export_dir, "mine.txt"))).toBe(false);
    const file = join(world.root, "a-file");
    writeFileSync(file, "");
    for (const force of [false, true]) {
      await expect(exportTask({ folder: file, force })).rejects.toMatchObject({ code: "precondition_failed" });
    }
    await expect(exportTask({ folder: join(file, "below") })).rejects.toMatchObject({ code: "precondition_failed" });
    await expect(exportTask({ task: "nobody" })).rejects.toMatchObject({ code: "not_found" });
  });

  it("packs the same files into an archive, the manifest last", async () => {
    await story(world);
    const { archive, manifest, export_dir } = await exportTask({ zip: true, folder: join(world.root, "bundle") });
    expect(archive).toBe(join(world.root, "bundle.zip"));
    const zip = await openPromise(archive ?? "", { autoClose: false });
    const names: string[] = [];
    for await (const entry of zip.eachEntry()) {
      names.push(entry.fileName);
      expect(Math.abs(entry.getLastModDate().getTime() - Date.parse(manifest.created_at))).toBeLessThan(3000);
      const chunks: Buffer[] = [];
      for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
      expect(Buffer.concat(chunks).equals(readFileSync(join(export_dir, entry.fileName)))).toBe(true);
    }
    zip.close();
    expect(names).toEqual([...manifest.files, "manifest.json"]);
    expect(readdirSync(world.root).filter((name) => name.includes(".tmp"))).toEqual([]);
  });

  it("is recorded, without what it holds", async () => {
    await story(world);
    const { export_dir } = await exportTask();
    expect((await world.auditEvent("task_exported"))?.payload).toMatchObject({ export_dir, archive: null });
    expect(await world.telemetryTypes()).toContain("task_exported");
  });

  it("leaves nothing behind when it is interrupted", async () => {
    await story(world);
    const folder = join(world.root, "cut", "bundle");
    mkdirSync(dirname(folder));
    const signal = AbortSignal.abort();
    const input = operations.exports.exportTask.input.parse({ task: "story", folder, zip: true });
    await expect(run({ ...world.ctx, signal }, input)).rejects.toThrow();
    expect(readdirSync(dirname(folder))).toEqual([]);
    expect(await world.auditEvent("task_exported")).toBeUndefined();
  });

  it("writes lists that can be read line by line", async () => {
    await story(world);
    const { export_dir } = await exportTask();
    const lines = readFileSync(join(export_dir, "events.json"), "utf8").trimEnd().split("\n");
    expect([lines[0], lines.at(-1)]).toEqual(["[", "]"]);
    for (const line of lines.slice(1, -1)) {
      const row = JSON.parse(line.replace(/,$/, "")) as unknown;
      expect(withoutContent(undefined, {}, row)).toHaveProperty("seq");
    }
    expect(readFileSync(join(export_dir, "telemetry-report.md"), "utf8")).toMatch(
      /^# Telemetry of story\n\n- Task: task-/,
    );
  });

  it("tells the story as replay and mutation-audit do, and in full only when asked to", async () => {
    const { id } = await story(world);
    const call = operations.audit.replay.input.parse({ task: id });
    const told = await asShown("audit.replay", replay, world.ctx, call);
    const { export_dir, manifest } = await exportTask();
    const written = json(export_dir, "replay.json") as { entries: unknown[] };
    expect(canonicalJson(written.entries)).toBe(canonicalJson(told.entries));
    expect(written).toMatchObject({ mode: "timeline", role: "all", task: { id } });
    const judged = await mutations(world.ctx, operations.audit.mutations.input.parse({ task: id }));
    expect(canonicalJson(json(export_dir, "mutation-audit.json"))).toBe(canonicalJson(judged));
    expect(manifest.files.filter((name) => name.includes("transcripts/"))).toEqual([]);

    const full = await exportTask({ include_full_transcripts: true, folder: join(world.root, "full") });
    expect(full.manifest.transcripts).toBe("full");
    const text = readFileSync(join(full.export_dir, "transcripts/worker.txt"), "utf8");
    expect(text).toMatch(/^--- worker segment 1 \S+ snapshot\na private screen\n$/);
    expect(readFileSync(join(full.export_dir, "transcripts/manager.txt"), "utf8")).toBe("");
    const { entries } = json(full.export_dir, "replay-full-transcript.json") as { entries: { content?: string }[] };
    expect(entries.filter(({ content }) => content !== undefined)).toMatchObject([{ content: "a private screen" }]);
    expect(everything(full.export_dir)).not.toContain("a private instruction");
  });

  it("writes reports in which nothing of the records is markup", async () => {
    const task = await story(world);
    const hostile = '<script>alert(1)</script> [link](http://x.example) ![p](y) `c` | "q"';
    const call = { task: task.name, criterion: hostile, source: "user_requested", status: "accepted" };
    await world.store.write((tx) => tx.db.tasks.update({ where: { id: task.id }, data: { state: "managed" } }));
    await addCriterion(world.ctx, operations.criteria.add.input.parse(call));
    const { export_dir } = await exportTask();
    const html = readFileSync(join(export_dir, "report.html"), "utf8");
    expect(html).toContain("default-src 'none'");
    expect(html).toContain("&lt;script&gt;alert(1)");
    expect(html).not.toMatch(/<script|src=|href=|url\(/i);
    expect(html).toMatch(/<h3>\d{4}-\d{2}-\d{2}<\/h3>/);
    const markdown = readFileSync(join(export_dir, "report.md"), "utf8");
    expect(markdown).toContain(
      "\\<script\\>alert(1)\\</script\\> \\[link\\](http://x.example) \\!\\[p\\](y) \\`c\\` \\|",
    );
    expect(markdown).toMatch(/^# story\n\n- \*\*Goal:\*\* make it work\n/);
    for (const text of [html, markdown]) expect(text).not.toContain("a private instruction");
  });
});
