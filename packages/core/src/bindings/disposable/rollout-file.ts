import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ConveyorError } from "@conveyor/contracts/errors";
import { makeFolder, replaceFile } from "@conveyor/files";
import type { Agent, AgentRecords } from "@conveyor/host";

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
export function placeRollout(
  { kind }: Pick<Agent, "kind">,
  folder: string,
  name: string,
  taken: ReadonlySet<string>,
): DisposableRollout {
  const slug = slugOf(name);
  const plain = place(kind, folder, slug);
  if (!taken.has(plain.path)) return plain;
  return place(kind, folder, `${slug}-${createHash("sha256").update(name).digest("hex").slice(0, 8)}`);
}

function place(kind: string, folder: string, slug: string): DisposableRollout {
  return { path: join(folder, `rollout-${slug}.jsonl`), thread_id: `${kind}-${slug}` };
}

/** Write the file. One that is there with the same identity stays. Throws `side_effect_failed`. */
export function writeRollout(
  records: AgentRecords,
  { path, thread_id }: DisposableRollout,
  facts: { cwd: string; now: string },
): void {
  if (existsSync(path) && isOf(records, path, thread_id)) return;
  try {
    makeFolder(join(path, ".."));
    replaceFile(path, `${records.placeholder({ thread_id, ...facts })}\n`);
  } catch (cause) {
    throw new ConveyorError("side_effect_failed", `the rollout file ${path} cannot be written`, {
      hint: "choose another folder with --session-dir",
      details: { path },
      cause,
    });
  }
}

function isOf(records: AgentRecords, path: string, thread_id: string): boolean {
  try {
    return records.meta(path).thread_id === thread_id;
  } catch {
    return false;
  }
}
