import { ConveyorError } from "@conveyor/contracts/errors";
import type { AgentMachine, AgentRecords, RecordLook, StartedAgent } from "../../agent.ts";
import { carriesMarker } from "../../start-marker.ts";
import type { PassedOverReason } from "./find.ts";
import { judgeRollout, rolloutMetaOrNull, scanRollouts } from "./find.ts";
import { firstUserInput } from "./first-input.ts";
import { dayFolders } from "./folders.ts";
import { rolloutCandidates } from "./name.ts";

type Taken = Parameters<AgentRecords["ofStart"]>[2];

const REASONS: Readonly<Record<PassedOverReason, string>> = {
  other_cwd: "works in another folder",
  other_thread: "belongs to another thread",
  not_fresh: "is older than this start",
  other_source: "belongs to a sub-agent",
  no_rollout: "is only just being written",
};

/**
 * Look once for the rollout of an agent that was just started: a fresh one that its process tree holds open, else the one
 * of today's or yesterday's folders whose first input carries the start's marker (spec 01 §5.3 step 4).
 */
export async function rolloutOfStart(
  machine: AgentMachine,
  home: string,
  started: StartedAgent,
  taken: Taken,
): Promise<RecordLook> {
  const held = await heldOpen(machine, started);
  return held.record === null ? inFolders(machine, home, started, { taken, reason: held.reason }) : held;
}

async function heldOpen({ processes }: AgentMachine, { pid, not_before, token }: StartedAgent): Promise<RecordLook> {
  const tree = [pid, ...(await processes.descendants(pid))];
  const files = await Promise.all(tree.map((one) => processes.openFiles(one)));
  const looks = rolloutCandidates(files.flat()).map((path): RecordLook => {
    const meta = rolloutMetaOrNull(path);
    const verdict = meta === null ? "no_rollout" : judgeRollout(meta, { not_before, thread_source: "user" });
    // The first agent of a Codex home may have started the process that holds everybody's.
    const said = meta !== null && verdict === null ? firstInputOf(path) : "";
    if (said !== "" && !carriesMarker(said, token)) return { record: null, reason: `${path} belongs to another start` };
    if (meta !== null && verdict === null) return { record: meta };
    return { record: null, reason: `${path} ${REASONS[verdict ?? "no_rollout"]}` };
  });
  const found = looks.filter((look) => look.record !== null);
  const [only, other] = found;
  if (only !== undefined && other === undefined) return only;
  if (other !== undefined) return { record: null, reason: `the agent holds ${found.length} fresh rollouts open` };
  return looks[0] ?? { record: null, reason: "the agent has not written a rollout yet" };
}

async function inFolders(
  { clock }: AgentMachine,
  home: string,
  { cwd, token, not_before }: StartedAgent,
  { taken, reason }: { taken: Taken; reason: string },
): Promise<RecordLook> {
  const { found } = scanRollouts(home, dayFolders(clock.now(), 2), { cwd, not_before, thread_source: "user" });
  const marked = found.filter(({ path }) => carriesMarker(firstInputOf(path), token));
  if (marked.length === 0) return { record: null, reason };
  const held = await taken(marked.map(({ path }) => path));
  const free = marked.filter(({ path }) => !held.has(path));
  const [only, other] = free;
  if (only !== undefined && other === undefined) return { record: only };
  return { record: null, reason: `${free.length} rollouts in the Codex home carry this start's mark` };
}

function firstInputOf(path: string): string {
  try {
    return firstUserInput(path) ?? "";
  } catch (thrown) {
    if (thrown instanceof ConveyorError) return "";
    throw thrown;
  }
}
