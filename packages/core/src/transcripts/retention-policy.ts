import { join } from "node:path";
import type { PrunableKind } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { retentionPolicy } from "@conveyor/contracts/transcripts/policy";
import { PRUNABLE } from "@conveyor/contracts/transcripts/words";
import { type ReadOutcome, readWhole } from "@conveyor/files";
import type { retention } from "@conveyor/store";

/** Where a state root says how long content is kept. */
const FILE = "retention.json";
const MOST_BYTES = 64 * 1024;
const DAY_MS = 86_400_000;

/** What the policy of a state root wants dropped, a wish for each kind that it names; undefined where there is none. Throws `invalid_input` for a file that is no policy. */
export function wishesOfPolicy(state_root: string, now: Date): retention.RetentionWish[] | undefined {
  const path = join(state_root, FILE);
  const read = readWhole(path, { most_bytes: MOST_BYTES });
  if (!read.ok && read.missing) return undefined;
  const { kinds } = parsedPolicy(path, read);
  return PRUNABLE.flatMap((kind: PrunableKind) => {
    const own = kinds[kind];
    if (own === undefined) return [];
    const { keep_days, keep_latest = 0, max_bytes = null } = own;
    const before = keep_days === undefined ? null : new Date(Math.max(0, now.getTime() - keep_days * DAY_MS));
    // Who only bounds the size keeps whatever fits.
    const keeps_all = keep_days === undefined && own.keep_latest === undefined;
    return [
      {
        kind,
        keep_latest: keeps_all ? Number.MAX_SAFE_INTEGER : keep_latest,
        before: before?.toISOString() ?? null,
        task_id: null,
        max_bytes,
      },
    ];
  });
}

function parsedPolicy(path: string, read: ReadOutcome) {
  const hint = 'for instance {"kinds":{"terminal-captures":{"keep_days":30,"keep_latest":20,"max_bytes":100000000}}}';
  const refuse = (why: string) =>
    new ConveyorError("invalid_input", `${path} is no retention policy: ${why}`, {
      hint,
      details: { kind: "retention_policy", path },
    });
  if (!read.ok) throw refuse(`it ${read.reason}`);
  let document: unknown;
  try {
    document = JSON.parse(read.text);
  } catch (error) {
    throw refuse((error as Error).message);
  }
  const { success, data, error } = retentionPolicy.safeParse(document);
  if (success) return data;
  const [issue] = error.issues;
  throw refuse(`${issue?.path.join(".") || "the document"}: ${issue?.message}`);
}
