import { dirname } from "node:path";
import { numberOrNull, textOrNull } from "../../../records/record.ts";
import type { AgentRecords, TurnReceipt } from "../../agent.ts";
import { threadNameOfTitle, titleNamesThread } from "../title.ts";
import { attentionFact, isAttentionRecord } from "./attention.ts";
import { isLifecycleRecord, lifecycleFact } from "./facts.ts";
import { scanRollouts } from "./find.ts";
import { dayFolders } from "./folders.ts";
import { codexInputText } from "./input.ts";
import { readCodexRollout } from "./line.ts";
import { readRolloutMeta } from "./meta.ts";
import { isRolloutCandidate, sessionsRootOf } from "./name.ts";
import { observeRollout } from "./observe.ts";
import { rolloutOfProcess } from "./of-process.ts";
import { rolloutOfStart } from "./of-start.ts";
import { threadNames } from "./session-index.ts";

/** Newer files looked at; a folder in which so many threads began meanwhile tells nothing of one of them. */
const MOST_FILES = 200;

/** The rollouts of Codex whose home is this folder. */
export function codexRecords(home: string): AgentRecords {
  return {
    meta: readRolloutMeta,
    placeholder,
    isCandidate: isRolloutCandidate,
    read: readCodexRollout,
    inputText: codexInputText,
    observe: observeRollout,
    ofStart: (machine, started, taken) => rolloutOfStart(machine, home, started, taken),
    ofProcess: (machine, wish) => rolloutOfProcess(machine, home, wish),
    begunSince,
    shownThread,
    isLifecycle: isLifecycleRecord,
    lifecycleFact,
    isAttention: isAttentionRecord,
    attentionFact,
    receipt,
  };
}

/** Looks at the folders of today and yesterday only, and there only at files that were made since. */
const begunSince: AgentRecords["begunSince"] = ({ clock }, { path, cwd }, since) => {
  const root = sessionsRootOf(path);
  if (root === null) return [];
  return scanRollouts(dirname(root), dayFolders(clock.now(), 2), {
    cwd: cwdOf(path) ?? cwd,
    thread_source: "user",
    not_before: since,
    made_after: since,
    most_files: MOST_FILES,
  }).found;
};

function cwdOf(path: string): string | null {
  try {
    return readRolloutMeta(path).cwd;
  } catch {
    return null;
  }
}

/** By the name in the title (Codex 0.171), where the index of names knows the thread. */
const shownThread: AgentRecords["shownThread"] = (title, path) => {
  const root = path === null ? null : sessionsRootOf(path);
  if (root === null || threadNameOfTitle(title) === null) return () => null;
  const names = threadNames(dirname(root));
  return (thread_id) => {
    const name = thread_id === null ? undefined : names.get(thread_id);
    return name === undefined ? null : titleNamesThread(title, name);
  };
};

const placeholder: AgentRecords["placeholder"] = ({ thread_id, cwd, now }) => {
  const payload = { id: thread_id, cwd, timestamp: now, originator: "conveyor" };
  return JSON.stringify({ timestamp: now, type: "session_meta", payload });
};

function receipt(payload: Record<string, unknown>): TurnReceipt {
  const { last_agent_message } = payload;
  return {
    turn_id: textOrNull(payload["turn_id"]),
    last_agent_message: typeof last_agent_message === "string" ? last_agent_message : null,
    completed_at: numberOrNull(payload["completed_at"]),
    duration_ms: numberOrNull(payload["duration_ms"]),
    time_to_first_token_ms: numberOrNull(payload["time_to_first_token_ms"]),
  };
}
