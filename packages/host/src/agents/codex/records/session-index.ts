import { join } from "node:path";
import { readWhole } from "@conveyor/files";
import { isJsonObject } from "../../../records/record.ts";

/** A larger index is not read: without it threads go by their first prompt. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * The names of the threads in a Codex home, by thread, as `session_index.jsonl` has them (Codex 0.171): a thread that is
 * named anew gets a further line. Empty where there is no index. Lines that cannot be read are passed over.
 */
export function threadNames(codex_home: string): Map<string, string> {
  const names = new Map<string, string>();
  const index = readWhole(join(codex_home, "session_index.jsonl"), { most_bytes: MOST_BYTES });
  if (!index.ok) return names;
  for (const line of index.text.split("\n")) {
    const entry = entryOf(line);
    if (entry !== null) names.set(entry.id, entry.name);
  }
  return names;
}

function entryOf(line: string): { id: string; name: string } | null {
  if (line.trim() === "") return null;
  try {
    const value: unknown = JSON.parse(line);
    if (!isJsonObject(value)) return null;
    const { id, thread_name } = value;
    return typeof id === "string" && typeof thread_name === "string" ? { id, name: thread_name } : null;
  } catch {
    return null;
  }
}
