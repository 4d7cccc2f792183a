import { randomBytes } from "node:crypto";
import { readlinkSync } from "node:fs";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { Processes } from "../processes/index.ts";
import type { TmuxClient } from "./client.ts";

/** An option of the pane that holds who types into it. */
const OPTION = "@conveyor_typist";
const LOOK_EVERY_MS = 50;
/** Longer than one message takes, confirmation included, and a few of them one after the other. */
export const WAIT_FOR_OTHERS_MS = 15_000;
/** How long somebody is believed to be typing whose life we cannot see: in another container on the same socket. */
const UNSEEN_HOLD_MS = 60_000;
/** No message takes as long: every call of tmux has its limit. A process that lives on has failed to let go. */
const LONGEST_HOLD_MS = 300_000;

/** Holds of this very process; one that it does not know of any more was never let go. */
const held = new Set<string>();

interface Typist {
  pid: number;
  /** Start of the process in milliseconds since 1970; 0 when the system does not tell. */
  started_ms: number;
  /** Number of the process namespace; 0 where there are none. */
  namespace: number;
  since_ms: number;
  token: string;
}

/** Letters, digits and dashes only, because it stands in conditions that tmux evaluates. */
const textOf = ({ pid, started_ms, namespace, since_ms, token }: Typist): string =>
  [pid, started_ms, namespace, since_ms, token].join("-");

function typistOf(text: string): Typist | null {
  const [, pid, started_ms, namespace, since_ms, token] = /^(\d+)-(\d+)-(\d+)-(\d+)-([0-9a-f]+)$/.exec(text) ?? [];
  if (token === undefined) return null;
  const numbers = { pid: Number(pid), started_ms: Number(started_ms), namespace: Number(namespace) };
  return { ...numbers, since_ms: Number(since_ms), token };
}

/**
 * Run `work` as the only one who types into a pane, over all processes and ledgers. The lock is an option of the pane
 * itself, set by compare-and-set inside of the tmux server: everybody who can reach the pane sees it, wherever temporary
 * folders and ledgers are, and it goes with the pane. One that a crash left behind is ignored, because its process
 * is dead. Waits at most `wait_ms`; throws `pane_busy` then, and the codes of tmux.
 */
export async function asOnlyTypist<T>(
  client: TmuxClient,
  processes: Pick<Processes, "isAlive" | "startTime">,
  { paneId, wait_ms }: { paneId: string; wait_ms: number },
  work: () => Promise<T>,
): Promise<T> {
  const token = randomBytes(8).toString("hex");
  held.add(token);
  try {
    const mine = await takePane(client, processes, { paneId, wait_ms, token });
    try {
      return await work();
    } finally {
      // Gone with its pane, when that went.
      await replace(client, paneId, mine, "").catch(() => undefined);
    }
  } finally {
    held.delete(token);
  }
}

async function takePane(
  client: TmuxClient,
  processes: Pick<Processes, "isAlive" | "startTime">,
  { paneId, wait_ms, token }: { paneId: string; wait_ms: number; token: string },
): Promise<string> {
  const started_ms = Date.parse((await processes.startTime(process.pid)) ?? "") || 0;
  const deadline = client.clock.monotonic_ms() + wait_ms;
  let expected = "";
  for (;;) {
    const mine = textOf({ pid: process.pid, started_ms, namespace: ownNamespace(), since_ms: Date.now(), token });
    const holder = await replace(client, paneId, expected, mine);
    if (holder === mine) return mine;
    if (holder !== "" && (await isLeftBehind(processes, holder))) {
      expected = holder;
      continue;
    }
    expected = "";
    if (client.clock.monotonic_ms() >= deadline) throw busy(paneId, wait_ms);
    await client.clock.sleep(LOOK_EVERY_MS);
  }
}

/** Set the option when it is what is expected; returns what it is then. One call, which tmux carries out as a whole. */
async function replace(client: TmuxClient, paneId: string, expected: string, next: string): Promise<string> {
  const set = next === "" ? `set-option -p -u -t ${paneId} ${OPTION}` : `set-option -p -t ${paneId} ${OPTION} ${next}`;
  const holder = await client.run([
    ["if-shell", "-F", "-t", paneId, `#{==:#{${OPTION}},${expected}}`, set],
    ["display-message", "-p", "-t", paneId, `#{${OPTION}}`],
  ]);
  return holder.trim();
}

/** Whether the holder of the pane is certainly dead, or the option's value is not one of ours. */
async function isLeftBehind(processes: Pick<Processes, "isAlive">, holder: string): Promise<boolean> {
  const typist = typistOf(holder);
  if (typist === null) return /^[0-9A-Za-z-]+$/.test(holder);
  const held_ms = Date.now() - typist.since_ms;
  if (typist.namespace !== ownNamespace()) return held_ms >= UNSEEN_HOLD_MS;
  if (held_ms >= LONGEST_HOLD_MS) return true;
  if (typist.pid === process.pid) return !held.has(typist.token);
  const started_at = typist.started_ms === 0 ? null : new Date(typist.started_ms).toISOString();
  return !(await processes.isAlive(typist.pid, started_at));
}

function ownNamespace(): number {
  try {
    return Number(/\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? 0);
  } catch {
    return 0;
  }
}

function busy(paneId: string, wait_ms: number): ConveyorError {
  return new ConveyorError("pane_busy", `somebody else has been typing into pane ${paneId} for ${wait_ms / 1000} s`, {
    hint: "try again; Dispatch does so by itself",
    details: { pane_id: paneId },
  });
}
