import { ConveyorError } from "@conveyor/contracts/errors";
import { titleNamesThread } from "../title.ts";
import { firstUserInput } from "./first-input.ts";
import type { RolloutMeta } from "./meta.ts";

/** How much of a first prompt a hint shows: it is content, and enough to tell threads apart. */
const SHOWN_CHARACTERS = 60;

/** What tells the rollouts apart that a process may belong to. */
export interface Evidence {
  pid: number;
  /** The folder that its rollout must be of; null: not known. */
  cwd: string | null;
  /** Title of its pane, which names its thread from Codex 0.171 on; null: it has none that can be seen. */
  title: string | null;
  /** Names of threads by their id. */
  names: ReadonlyMap<string, string>;
  now: Date;
}

/**
 * Of several rollouts the one that this process works on: the one that the title of its pane names, else the only one that
 * is left when those of other folders and those that the title contradicts are gone (spec 01 §5.2). Throws `ambiguous`
 * with the candidates and what their users said first, and `not_found`.
 */
export function chooseRollout(candidates: readonly RolloutMeta[], evidence: Evidence): RolloutMeta {
  const here = candidates.filter(({ cwd }) => evidence.cwd === null || cwd === evidence.cwd);
  const local = here.length > 0 ? here : candidates;
  const named = local.map((one) => ({ one, named: isNamed(one, evidence) }));
  const sure = named.filter((own) => own.named === true);
  const possible = (sure.length > 0 ? sure : named.filter((own) => own.named !== false)).map(({ one }) => one);
  const [only, ...others] = possible;
  if (only !== undefined && others.length === 0) return only;
  throw ambiguous(possible.length > 0 ? possible : local, evidence);
}

/** Whether the title of the pane names this thread; null when it cannot tell. */
function isNamed({ thread_id, path }: RolloutMeta, { title, names }: Evidence): boolean | null {
  if (title === null) return null;
  const name = names.get(thread_id) ?? firstPrompt(path);
  return name === null ? null : titleNamesThread(title, name);
}

function ambiguous(candidates: readonly RolloutMeta[], { pid, now }: Evidence): ConveyorError {
  const shown = candidates.map(({ path, thread_id, cwd, timestamp }) => ({
    path,
    id: thread_id,
    cwd,
    timestamp,
    first_prompt: shortened(firstPrompt(path)),
  }));
  const list = shown.map(({ path, id, cwd, timestamp, first_prompt }) => {
    const said = first_prompt === null ? "nothing was said yet" : `its user said first ${JSON.stringify(first_prompt)}`;
    return `${path} (${id}, ${cwd ?? "no cwd"}, begun ${ageOf(timestamp, now)}: ${said})`;
  });
  return new ConveyorError("ambiguous", `process ${pid} may belong to any of ${shown.length} rollouts`, {
    hint: `pass one with --codex-session; Codex sessions share a background process, which an agent started with \`codex --no-daemon\` does not: ${list.join("; ")}`,
    details: { kind: "rollout", pid, candidates: shown },
  });
}

/** What the user said first in a rollout; null when nothing was said or the file cannot be read. */
function firstPrompt(path: string): string | null {
  try {
    return firstUserInput(path);
  } catch (thrown) {
    if (thrown instanceof ConveyorError) return null;
    throw thrown;
  }
}

function shortened(text: string | null): string | null {
  if (text === null) return null;
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= SHOWN_CHARACTERS ? line : `${line.slice(0, SHOWN_CHARACTERS - 1)}…`;
}

function ageOf(timestamp: string | null, now: Date): string {
  const seconds = Math.round((now.getTime() - Date.parse(timestamp ?? "")) / 1000);
  if (Number.isNaN(seconds)) return "at an unknown time";
  if (seconds < 120) return `${Math.max(0, seconds)} s ago`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min ago` : `${Math.round(seconds / 3600)} h ago`;
}
