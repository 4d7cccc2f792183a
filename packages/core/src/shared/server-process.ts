import { join } from "node:path";
import { isPid, readWhole } from "@conveyor/files";
import type { Settings } from "../ctx.ts";

const MOST_BYTES = 64 * 1024;

/**
 * The pid of the server that says it runs for this ledger, in the file by which its clients find it; null when there is
 * none. That the file exists does not prove that the server lives.
 */
export function serverPid({ state_root }: Pick<Settings, "state_root">): number | null {
  const read = readWhole(join(state_root, "server.json"), { most_bytes: MOST_BYTES, links: "refuse" });
  try {
    const { pid } = JSON.parse(read.ok ? read.text : "") as { pid?: unknown };
    return isPid(pid) ? pid : null;
  } catch {
    return null;
  }
}
