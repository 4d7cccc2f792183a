import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * What an account keeps beside all ledgers, such as the id of its host, goes into a folder that lives as long as the run:
 * tests must not write into the home folder of whoever runs them, and all processes of a test are one host.
 */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "conveyor-state-home-"));
  process.env["XDG_STATE_HOME"] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
