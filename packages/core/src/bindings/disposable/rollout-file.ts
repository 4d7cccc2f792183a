import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ConveyorError } from "@conveyor/contracts/errors";
import { makeFolder, readWhole, replaceFile } from "@conveyor/files";

/** A file of this kind has a line or two; a longer one is somebody else's. */
const MOST_BYTES = 1024 * 1024;

/** A rollout that Conveyor writes for a session which has none of its own: one line that says who it is. */
export interface DisposableRollout {
  path: string;
  thread_id: string;
}

/** A name as a part of a file name (spec 01 §6.11 step 2). Pure. */
export function slugOf(name: string): string {
  const slug = name.replace(/[^A-Za-z0-9_.-]+/g, "-").replace(/^[.-]+|[.-]+$/g, "");
  return slug === "" ? "session" : slug;
}

/**
 * Where the rollout of this session goes. Another session may have the plain file, whose name then gets a short hash of
 * the session's own name. Pure.
 */
export function placeRollout(folder: string, name: string, taken: ReadonlySet<string>): DisposableRollout {
  const slug = slugOf(name);
  const plain = place(folder, slug);
  if (!taken.has(plain.path)) return plain;
  return place(folder, `${slug}-${createHash("sha256").update(name).digest("hex").slice(0, 8)}`);
}

function place(folder: string, slug: string): DisposableRollout {
  return { path: join(folder, `rollout-${slug}.jsonl`), thread_id: `codex-${slug}` };
}

/** Write the file. One that is there with the same identity stays. Throws `side_effect_failed`. */
export function writeRollout({ path, thread_id }: DisposableRollout, facts: { cwd: string; now: string }): void {
  if (existsSync(path) && isOf(path, thread_id)) return;
  const payload = { id: thread_id, cwd: facts.cwd, timestamp: facts.now, originator: "conveyor" };
  try {
    makeFolder(join(path, ".."));
    replaceFile(path, `${JSON.stringify({ timestamp: facts.now, type: "session_meta", payload })}\n`);
  } catch (cause) {
    throw new ConveyorError("side_effect_failed", `the rollout file ${path} cannot be written`, {
      hint: "choose another folder with --session-dir",
      details: { path },
      cause,
    });
  }
}

function isOf(path: string, thread_id: string): boolean {
  try {
    const read = readWhole(path, { most_bytes: MOST_BYTES });
    const [first = ""] = (read.ok ? read.text : "").split("\n", 1);
    return (JSON.parse(first) as { payload?: { id?: unknown } }).payload?.id === thread_id;
  } catch {
    return false;
  }
}
