import { useEffect, useState } from "react";
import { useChosenTask } from "../lib/use-chosen-task.ts";
import { counted } from "../lib/words.ts";
import type { SessionListItem, TaskListItem } from "../live/operations.ts";
import { useAnswer } from "../live/use-answer.ts";
import { useHappenings } from "../live/use-happenings.ts";
import { useRows } from "../live/use-rows.ts";
import { needsSomebody } from "./agent-chip.tsx";
import { ChosenBar } from "./chosen-bar.tsx";
import { DispatchPanel, type LaneView, laneInput, NEWEST } from "./dispatch-panel.tsx";
import { InboxPanel } from "./inbox-panel.tsx";
import { SessionList } from "./session-list.tsx";
import { TaskList } from "./task-list.tsx";
import { UnknownTask } from "./unknown-task.tsx";

const CLOSED: readonly TaskListItem["state"][] = ["done", "failed"];
const keyOf = ({ id }: SessionListItem) => id;

/** Everything about one ledger at a glance. */
export function Cockpit() {
  const [chosen, choose] = useChosenTask();
  const [seen, setSeen] = useState<{ task: string | null; view: LaneView }>({ task: chosen, view: NEWEST });
  // The pages of one task are none of another.
  const view = seen.task === chosen ? seen.view : NEWEST;
  const { rows: sessions, settled } = useRows("sessions.onChange", {}, keyOf);
  const scope = chosen === null ? {} : { task: chosen };
  const { answer, problem, code, ask } = useAnswer("dispatch.overview", { ...scope, ...laneInput(view) });
  useHappenings(ask);
  const isUnknown = chosen !== null && (code === "not_found" || code === "ambiguous");
  // The address may name a task by its id; and until the answer is there the one before stays.
  const isAnswered = answer !== undefined && (answer.task === null) === (chosen === null);
  const name = (isAnswered ? answer.task?.name : undefined) ?? chosen;
  const isClosed = isAnswered && answer.task !== null && CLOSED.includes(answer.task.state);
  const overview = isUnknown ? undefined : answer;

  const waiting = answer && counted(answer.inbox.pending_count, answer.count_limit);
  const needing = sessions.filter(needsSomebody).length;
  useEffect(() => {
    const count = needing > 0 ? `${needing}!` : waiting;
    document.title = count === undefined || count === "0" ? "Conveyor" : `(${count}) Conveyor`;
  }, [waiting, needing]);

  return (
    <main className="cockpit">
      {name !== null && !isUnknown && <ChosenBar task={name} onClear={() => choose(null)} />}
      <TaskList sessions={sessions} chosen={name} onChoose={choose} />
      {isUnknown && problem !== null && <UnknownTask task={chosen} problem={problem} onClear={() => choose(null)} />}
      {!isUnknown && (
        <>
          <SessionList sessions={sessions} settled={settled} chosen={name} isClosed={isClosed} />
          <InboxPanel overview={overview} chosen={name} isClosed={isClosed} />
          <DispatchPanel
            overview={overview}
            problem={problem}
            view={view}
            onView={(next) => setSeen({ task: chosen, view: next })}
            onDispatchers={ask}
          />
        </>
      )}
    </main>
  );
}
