import { join } from "node:path";
import { isPid, readWhole } from "@conveyor/files";
import type { Settings } from "../ctx.ts";

const MOST_BYTES = 64 * 1024;

/** What the server of a ledger says about itself. */
export interface AnnouncedServer {
  pid: number;
  durable: boolean;
}

/**
 * The server that says it runs for this ledger, in the file by which its clients find it; null when there is none. That
 * the file exists does not prove that the server lives.
 */
export function announcedServer({ state_root }: Pick<Settings, "state_root">): AnnouncedServer | null {
  const read = readWhole(join(state_root, "server.json"), { most_bytes: MOST_BYTES, links: "refuse" });
  try {
    const { pid, durable } = JSON.parse(read.ok ? read.text : "") as { pid?: unknown; durable?: unknown };
    return isPid(pid) ? { pid, durable: durable === true } : null;
  } catch {
    return null;
  }
}
