import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Settings } from "../ctx.ts";

/**
 * The pid of the server that says it runs for this ledger, in the file by which its clients find it; null when there is
 * none. That the file exists does not prove that the server lives.
 */
export function serverPid({ state_root }: Pick<Settings, "state_root">): number | null {
  try {
    const { pid } = JSON.parse(readFileSync(join(state_root, "server.json"), "utf8")) as { pid?: unknown };
    return Number.isInteger(pid) ? (pid as number) : null;
  } catch {
    return null;
  }
}
