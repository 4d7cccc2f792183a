import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ConveyorError } from "@conveyor/contracts/errors";

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
    mkdirSync(join(path, ".."), { recursive: true, mode: 0o700 });
    writeFileSync(path, `${JSON.stringify({ timestamp: facts.now, type: "session_meta", payload })}\n`, {
      mode: 0o600,
    });
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
    const [first = ""] = readFileSync(path, "utf8").split("\n", 1);
    return (JSON.parse(first) as { payload?: { id?: unknown } }).payload?.id === thread_id;
  } catch {
    return false;
  }
}
