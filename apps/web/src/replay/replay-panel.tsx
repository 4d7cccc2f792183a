import { useMemo } from "react";
import { spaced } from "../lib/words.ts";
import type { InputAt } from "../live/operations.ts";
import { useAnswer } from "../live/use-answer.ts";
import { useHappenings } from "../live/use-happenings.ts";
import { Icon } from "../parts/icon.tsx";
import { Loading, Nothing, PartFailed } from "../parts/nothing.tsx";
import { densityOf } from "./density.ts";
import { DensityChart } from "./density-chart.tsx";
import { ReplayList } from "./replay-list.tsx";

const ROLES = ["all", "worker", "manager", "reviewer", "workerctl"] as const;
const ROLE_WORDS: Readonly<Record<(typeof ROLES)[number], string>> = {
  all: "Everybody",
  worker: "Worker",
  manager: "Manager",
  reviewer: "Reviewer",
  workerctl: "Conveyor",
};
const KINDS = [
  "command",
  "command_attempt",
  "routed_notification",
  "notification_acknowledgement",
  "decision",
  "acceptance_criterion",
  "acknowledgement",
  "continuation",
  "epilogue",
  "handoff",
  "observe",
  "capture",
  "finish",
] as const satisfies readonly NonNullable<InputAt<"audit.replay">["kind"]>[number][];

/** Entries on a page. */
const PAGE = 400;
const STRETCHES = 90;

/** What is chosen of a timeline, as an address holds it. */
export interface ReplayChoice {
  who?: string | undefined;
  kind?: string | undefined;
  q?: string | undefined;
  at?: string | undefined;
  before?: string | undefined;
}

interface ReplayPanelProps {
  task: string;
  choice: ReplayChoice;
  onChoice(choice: ReplayChoice): void;
}

/** What happened to a task: by whom, of which kind, in which words, around which entry; without any content. */
export function ReplayPanel({ task, choice, onChoice }: ReplayPanelProps) {
  const { who, kind, q = "", at, before } = choice;
  const role = ROLES.find((one) => one === who) ?? "all";
  const only = KINDS.find((one) => one === kind);
  const { answer, problem, code, ask } = useAnswer("audit.replay", {
    task,
    role,
    limit: PAGE,
    ...(only !== undefined && { kind: [only] }),
    ...(before !== undefined && at === undefined && { before }),
    ...(at !== undefined && { around: at }),
  });
  useHappenings(() => {
    // What lies in the past does not change.
    if (before === undefined && at === undefined) ask();
  });
  const words = q.toLowerCase();
  const entries = useMemo(
    () =>
      (answer?.entries ?? []).filter(({ summary, actor, kind: own }) =>
        `${actor} ${spaced(own)} ${summary}`.toLowerCase().includes(words),
      ),
    [answer, words],
  );
  const stretches = useMemo(() => densityOf(entries, STRETCHES), [entries]);
  const change = (next: ReplayChoice) => onChoice({ ...choice, at: undefined, before: undefined, ...next });

  return (
    <>
      <div className="tl-bar">
        <label className="in-search grow">
          <Icon name="search" />
          <span className="vh">Filter the timeline</span>
          <input
            data-filter
            type="search"
            placeholder="Who, what"
            value={q}
            onChange={(event) => change({ q: event.target.value === "" ? undefined : event.target.value })}
          />
        </label>
        <label>
          <span className="vh">Who</span>
          <select
            className="in"
            value={role}
            onChange={(event) => change({ who: event.target.value === "all" ? undefined : event.target.value })}
          >
            {ROLES.map((one) => (
              <option key={one} value={one}>
                {ROLE_WORDS[one]}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span className="vh">Kind</span>
          <select
            className="in"
            value={only ?? ""}
            onChange={(event) => change({ kind: event.target.value === "" ? undefined : event.target.value })}
          >
            <option value="">Every kind</option>
            {KINDS.map((one) => (
              <option key={one} value={one}>
                {spaced(one)}
              </option>
            ))}
          </select>
        </label>
        {answer !== undefined && (
          <span className="faint" role="status">
            {entries.length} of {answer.total_entry_count}
          </span>
        )}
        {(at !== undefined || before !== undefined) && (
          <button type="button" className="btn small" onClick={() => change({})}>
            To the newest
          </button>
        )}
      </div>
      {problem !== null && <PartFailed problem={problem} code={code} onAgain={ask} />}
      {answer === undefined && problem === null && <Loading rows={8} />}
      {stretches.length > 0 && entries.length > 4 && <DensityChart stretches={stretches} />}
      {answer !== undefined && entries.length === 0 && (
        <Nothing>
          {words !== ""
            ? `Nothing matches “${q}”.`
            : only === undefined
              ? "Nothing has happened yet."
              : "Nothing of this kind."}
        </Nothing>
      )}
      <ReplayList entries={entries} at={at} onAt={(name) => onChoice({ ...choice, at: name })} />
      {answer?.earlier != null && (
        <p className="pages">
          <button
            type="button"
            className="btn small"
            onClick={() => onChoice({ ...choice, at: undefined, before: answer.earlier ?? undefined })}
          >
            Earlier
          </button>
        </p>
      )}
    </>
  );
}
