import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ConveyorError } from "@conveyor/contracts/errors";
import { isProcessAlive, processStartMark, readDiscovery, serverFiles } from "@conveyor/sdk/link";
import { probeServer } from "./probe.ts";

/** Who holds a state root. */
export interface Claim {
  pid: number;
  pid_started_at: string | null;
  /** Tells two claims of one process apart. */
  nonce: string;
}

/** How often a claim is tried again when another process moved first. */
const MOST_ATTEMPTS = 20;

/**
 * Become the one server of this state root. Of any number of processes that try at once exactly one succeeds; a claim
 * left behind by a process that is gone is taken over. Returns the release. Throws `conflict`, naming who holds it.
 */
export async function claimServer(ledger_path: string): Promise<() => void> {
  const { lock } = serverFiles(ledger_path);
  const claim: Claim = {
    pid: process.pid,
    pid_started_at: processStartMark(process.pid),
    nonce: randomBytes(12).toString("hex"),
  };
  const own = `${lock}.${claim.nonce}`;
  writeFileSync(own, JSON.stringify(claim), { mode: 0o600, flag: "wx" });
  try {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      if (createOnce(own, lock)) return () => release(lock, claim);
      const held = readClaim(lock);
      if (held === undefined) continue;
      if (await isHeld(held, ledger_path)) throw conflict(held, ledger_path);
      if (takeOver(lock, own, held)) return () => release(lock, claim);
      await sleep(10);
    }
  } finally {
    remove(own);
  }
  throw new ConveyorError("conflict", "other processes are starting a server for this ledger at the same time", {
    hint: "look with `conveyor serve --status`, then try again",
    details: { kind: "server", ledger_path },
  });
}

/**
 * Replace a dead claim. The ticket's name holds the dead claim's nonce, so only one process at a time may replace this
 * very claim, and it looks again before it does: somebody may have replaced it before the ticket was taken.
 */
function takeOver(lock: string, own: string, dead: Claim): boolean {
  const ticket = `${lock}.taking-${dead.nonce}`;
  if (!createOnce(own, ticket)) {
    const holder = readClaim(ticket);
    if (holder !== undefined && !isProcessAlive(holder)) remove(ticket);
    return false;
  }
  try {
    if (readClaim(lock)?.nonce !== dead.nonce) return false;
    const replacement = `${own}.new`;
    linkSync(own, replacement);
    renameSync(replacement, lock);
    return true;
  } finally {
    remove(ticket);
  }
}

async function isHeld(claim: Claim, ledger_path: string): Promise<boolean> {
  if (isProcessAlive(claim)) return true;
  // The holder may live where we cannot see its pid, as in another container on the same folder.
  const record = readDiscovery(ledger_path);
  return record !== undefined && (await probeServer(record.socket)) !== undefined;
}

function conflict(held: Claim, ledger_path: string): ConveyorError {
  const record = readDiscovery(ledger_path);
  const where = record === undefined ? "" : ` at ${record.url}`;
  return new ConveyorError("conflict", `a server already runs for this ledger: process ${held.pid}${where}`, {
    hint: "use that one, or end it with `conveyor serve --stop`",
    details: { kind: "server", pid: held.pid, url: record?.url ?? null, socket: record?.socket ?? null, ledger_path },
  });
}

function createOnce(existing: string, path: string): boolean {
  try {
    linkSync(existing, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** The claim in this file, if there is one. */
export function readClaim(path: string): Claim | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Claim;
  } catch {
    return undefined;
  }
}

function release(lock: string, claim: Claim): void {
  if (readClaim(lock)?.nonce === claim.nonce) remove(lock);
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Already gone, which is what was wanted.
  }
}
