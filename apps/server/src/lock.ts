import { randomBytes } from "node:crypto";
import { linkSync, lstatSync, renameSync, unlinkSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ConveyorError } from "@conveyor/contracts/errors";
import {
  createPrivately,
  isPid,
  isProcessAlive,
  linkOnce,
  processStartMark,
  readDiscovery,
  readStateObject,
  serverFiles,
} from "@conveyor/files";
import { probeServer } from "./probe.ts";

/** Who holds a state root. */
export interface Claim {
  pid: number;
  pid_started_at: string | null;
  /** The state root that is held: a copied folder brings the claim of another one along. */
  state_root: string;
  /** Tells two claims of one process apart. */
  nonce: string;
}

const NONCE = /^[0-9a-f]{24}$/;
const START_MARK = /^\d{1,20}$/;

/** How often a claim is tried again when another process moved first. */
const MOST_ATTEMPTS = 20;

/**
 * Become the one server of this state root. Of any number of processes that try at once exactly one succeeds; a claim
 * left behind by a process that is gone is taken over, and so is whatever stands in its place and is none. Returns the
 * release. Throws `conflict`, naming who holds it, and `state_root_unwritable`.
 */
export async function claimServer(ledger_path: string): Promise<() => void> {
  const { lock, state_root } = serverFiles(ledger_path);
  const claim: Claim = {
    pid: process.pid,
    pid_started_at: processStartMark(process.pid),
    state_root,
    nonce: randomBytes(12).toString("hex"),
  };
  const own = `${lock}.${claim.nonce}`;
  createPrivately(own, JSON.stringify(claim));
  try {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      if (linkOnce(own, lock)) return () => release(lock, claim);
      const held = lookAt(lock);
      if (held === undefined) continue;
      if (held.claim !== undefined && (await isHeld(held.claim, ledger_path))) throw conflict(held.claim, ledger_path);
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

/** What is in the place of a claim: what distinguishes it from another, and the claim unless it is damaged or none at all. */
interface Held {
  mark: string;
  claim: Claim | undefined;
}

function lookAt(lock: string): Held | undefined {
  const found = lstatSync(lock, { throwIfNoEntry: false, bigint: true });
  if (found === undefined) return undefined;
  const claim = readClaim(lock);
  // A claim appears whole, by a link; what cannot be read is no claim in the making, and nobody holds it.
  return { mark: claim?.nonce ?? `damaged-${found.ino}`, claim };
}

/**
 * Replace a dead claim. The ticket's name holds the mark of the dead claim, so only one process at a time may replace this
 * very claim, and it looks again before it does: somebody may have replaced it before the ticket was taken.
 */
function takeOver(lock: string, own: string, dead: Held): boolean {
  const ticket = `${lock}.taking-${dead.mark}`;
  if (!linkOnce(own, ticket)) {
    const holder = readClaim(ticket);
    if (holder === undefined || !isProcessAlive(holder)) remove(ticket);
    return false;
  }
  const replacement = `${own}.new`;
  try {
    if (lookAt(lock)?.mark !== dead.mark) return false;
    linkSync(own, replacement);
    renameSync(replacement, lock);
    return true;
  } catch (cause) {
    throw new ConveyorError(
      "state_root_unwritable",
      `${lock} cannot be replaced (${(cause as NodeJS.ErrnoException).code})`,
      {
        hint: "look at what stands there, and remove it",
        details: { path: lock },
        cause,
      },
    );
  } finally {
    remove(replacement);
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

/** The claim in this file; undefined when there is none, or what is there is none. */
export function readClaim(path: string): Claim | undefined {
  const { pid, pid_started_at, nonce, state_root } = readStateObject(path) ?? {};
  if (state_root !== dirname(path)) return undefined;
  if (!isPid(pid) || typeof nonce !== "string" || !NONCE.test(nonce)) return undefined;
  if (pid_started_at !== null && !(typeof pid_started_at === "string" && START_MARK.test(pid_started_at)))
    return undefined;
  return { pid, pid_started_at, state_root, nonce };
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
