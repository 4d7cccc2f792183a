import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { BundleManifest, Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { BUNDLE_FORMAT } from "@conveyor/contracts/exports/words";
import { canonicalJson } from "@conveyor/contracts/json";
import { VERSION } from "@conveyor/contracts/version";
import { auditChain, bundleRows, maskSecrets, SCHEMA_VERSION } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { create as createReceipt } from "../receipts/create.ts";
import { redact } from "../shared/redaction.ts";
import { resolveTask } from "../shared/references.ts";
import { writeArchive } from "./archive.ts";
import { assertReplaceable, BundleFolder, MANIFEST } from "./bundle-files.ts";
import { htmlReport } from "./report/html-report.ts";
import { markdownReport } from "./report/markdown-report.ts";
import type { BundleContent } from "./row-text.ts";
import { SectionWriter } from "./sections.ts";
import { type ExportedTask, StoryWriter } from "./story-writer.ts";
import { taskStatus } from "./task-status.ts";

/** The signed receipt, one envelope a line. */
const RECEIPT = "receipt.intoto.jsonl";

/** In which order a manifest names the files that it has (spec 07 §7.10.6). */
const ORDER: readonly string[] = [
  "task-status.json",
  "audit.json",
  "acceptance-criteria.json",
  "agent-observations.json",
  "manager-cycles.json",
  "manager-cycle-spans.json",
  "manager-decisions.json",
  "prompts.json",
  "transcript-captures.json",
  "terminal-captures.json",
  "mutation-audit.json",
  "replay.json",
  "telemetry-events.json",
  "telemetry-summary.json",
  "telemetry-report.md",
  "transcript-segments.json",
  "replay-full-transcript.json",
  "transcripts/worker.txt",
  "transcripts/manager.txt",
  "commands.json",
  "command-attempts.json",
  "routed-notifications.json",
  "correlation-chains.json",
  "handoffs.json",
  "runs.json",
  "report.md",
  "report.html",
  RECEIPT,
];

/**
 * Write a bundle of one task as it is at one moment, whoever writes meanwhile (spec 07 §7.10.6). It appears under its name
 * when it is whole, in place of an earlier one. Throws `not_found`, `ambiguous`, `precondition_failed` (something else
 * stands there, the disk is full), `host_denied`, `interrupted`.
 */
export async function exportTask(ctx: Ctx, input: Input<"exports.exportTask">): Promise<Output<"exports.exportTask">> {
  const { id, name } = await ctx.store.peek((tx) => resolveTask(tx, input.task));
  const target = input.folder ?? join(ctx.settings.state_root, "artifacts", "tasks", id, "export");
  onTarget(target, () => assertReplaceable(target, input.force));
  await signReceipt(ctx, id);
  const folder = onTarget(target, () => new BundleFolder(target));
  const snapshot = bundleRows.LedgerSnapshot.open(ctx.store.path, ctx.host.clock.iso());
  const made_at = ctx.host.clock.now();
  const archive = input.zip ? `${target}.zip` : null;
  let manifest: BundleManifest;
  let zipped: Awaited<ReturnType<typeof writeArchive>> | undefined;
  try {
    manifest = await fill(ctx, { snapshot, folder, task: { id, name }, input, made_at });
    const sealed = folder.seal(manifest);
    if (archive !== null) {
      const names = [...manifest.files, MANIFEST];
      zipped = await writeArchive(archive, { folder: sealed, names, made_at, signal: ctx.signal });
    }
    ctx.signal.throwIfAborted();
    folder.place();
    zipped?.place();
  } catch (error) {
    folder.discard();
    if (zipped !== undefined) rmSync(zipped.draft, { force: true });
    throw error;
  } finally {
    snapshot.close();
  }
  await tellExport(ctx, { target, archive, manifest });
  return { archive, export_dir: target, manifest, task: name };
}

/** Throws `precondition_failed` for what the system says of the place. */
function onTarget<Result>(target: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    if (error instanceof ConveyorError) throw error;
    const { code = "unknown reason" } = error as NodeJS.ErrnoException;
    throw new ConveyorError("precondition_failed", `no bundle can be written to ${target} (${code})`, {
      hint: "name another folder with --output, or check who may write there",
      details: { path: target, errno: code },
      cause: error,
    });
  }
}

interface Export {
  snapshot: bundleRows.LedgerSnapshot;
  folder: BundleFolder;
  task: { id: string; name: string };
  input: Input<"exports.exportTask">;
  made_at: Date;
}

/** Write every file but the manifest, which is returned. */
async function fill(ctx: Ctx, { snapshot, folder, task, input, made_at }: Export): Promise<BundleManifest> {
  const facts = bundleRows.readExportedFacts(snapshot.tx, task.id);
  if (facts === undefined) throw new ConveyorError("not_found", `there is no task ${task.name} any more`);
  const transcripts = input.include_full_transcripts ? "full" : input.include_transcripts ? "segments" : "none";
  const content: BundleContent = { profile: input.redact, transcripts: transcripts !== "none" };
  const shown = (value: unknown) => maskSecrets(redact(value, content.profile));
  await folder.file("task-status.json", (file) => file.write(`${JSON.stringify(shown(taskStatus(facts)), null, 2)}\n`));
  const sections = new SectionWriter({ snapshot, folder, task, content, signal: ctx.signal });
  await sections.write(canonicalJson(shown(facts.task)));
  const story = new StoryWriter({ snapshot, folder, task: facts.task as ExportedTask, signal: ctx.signal, content });
  await story.write(transcripts === "full");
  const report = { facts: shown(facts) as typeof facts, made_at: made_at.toISOString(), ...story.newest };
  await folder.file("report.md", (file) => file.write(markdownReport(report)));
  await folder.file("report.html", (file) => file.write(htmlReport(report)));
  if (facts.receipt_envelopes !== null) {
    const envelopes = JSON.parse(facts.receipt_envelopes) as object[];
    await folder.file(RECEIPT, (file) => file.write(envelopes.map((one) => `${JSON.stringify(one)}\n`).join("")));
  }
  const head = auditChain.auditHead(snapshot.tx);
  const index = folder.index(ORDER);
  return {
    format_version: BUNDLE_FORMAT,
    created_at: made_at.toISOString(),
    task,
    ...index,
    redacted: content.profile === "strict" && !content.transcripts,
    redact: input.redact,
    transcripts,
    schema_version: SCHEMA_VERSION,
    tool_version: VERSION,
    audit: { events: sections.counts.get("events") ?? 0, last_seq: head.seq, head: head.hash },
    receipt: facts.receipt_envelopes === null ? null : RECEIPT,
  };
}

/**
 * Have a receipt in the bundle where there can be one: a task with checks that has none yet gets it now. Where the files
 * cannot be read, or the ledger is not this host's, the bundle goes without.
 */
async function signReceipt(ctx: Ctx, task_id: string): Promise<void> {
  const has = await ctx.store.peek((tx) => bundleRows.hasChecksOrReceipt(tx, task_id));
  if (!has.checks || has.receipt) return;
  try {
    await ctx.host.mayAct();
    await createReceipt(ctx, { task: task_id, markdown: false });
  } catch (error) {
    if (!(error instanceof ConveyorError)) throw error;
  }
}

async function tellExport(
  ctx: Ctx,
  { target, archive, manifest }: { target: string; archive: string | null; manifest: BundleManifest },
): Promise<void> {
  const { task, files, redacted } = manifest;
  const bytes = Object.values(manifest.bytes).reduce((sum, size) => sum + size, 0);
  const manifest_sha256 = createHash("sha256")
    .update(`${JSON.stringify(manifest, null, 2)}\n`)
    .digest("hex");
  await ctx.store.fast((tx) =>
    tx.tell("task_exported", {
      task_id: task.id,
      summary: `bundle of ${task.name} written: ${files.length} files`,
      attributes: {
        ...{ export_dir: target, archive, file_count: files.length, bytes, redacted, manifest_sha256 },
        ...{ redact: manifest.redact, transcripts: manifest.transcripts },
      },
    }),
  );
}
