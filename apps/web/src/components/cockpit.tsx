import { useEffect, useState } from "react";
import { useChosenTask } from "../lib/use-chosen-task.ts";
import { counted } from "../lib/words.ts";
import type { Session } from "../live/operations.ts";
import { useAnswer } from "../live/use-answer.ts";
import { useHappenings } from "../live/use-happenings.ts";
import { useRows } from "../live/use-rows.ts";
import { ChosenBar } from "./chosen-bar.tsx";
import { DispatchPanel, type LaneView, laneInput, NEWEST } from "./dispatch-panel.tsx";
import { InboxPanel } from "./inbox-panel.tsx";
import { SessionList } from "./session-list.tsx";
import { TaskList } from "./task-list.tsx";

const keyOf = ({ id }: Session) => id;

/** Everything about one ledger at a glance. */
export function Cockpit() {
  const [chosen, choose] = useChosenTask();
  const [seen, setSeen] = useState<{ task: string | null; view: LaneView }>({ task: chosen, view: NEWEST });
  // The pages of one task are none of another.
  const view = seen.task === chosen ? seen.view : NEWEST;
  const { rows: sessions, settled } = useRows("sessions.onChange", {}, keyOf);
  const scope = chosen === null ? {} : { task: chosen };
  const { answer: overview, problem, ask } = useAnswer("dispatch.overview", { ...scope, ...laneInput(view) });
  useHappenings(ask);

  const waiting = overview && counted(overview.inbox.pending_count, overview.count_limit);
  useEffect(() => {
    document.title = waiting === undefined || waiting === "0" ? "Conveyor" : `(${waiting}) Conveyor`;
  }, [waiting]);

  return (
    <main className="cockpit">
      {chosen !== null && <ChosenBar task={chosen} onClear={() => choose(null)} />}
      <TaskList sessions={sessions} chosen={chosen} onChoose={choose} />
      <SessionList sessions={sessions} settled={settled} chosen={chosen} />
      <InboxPanel overview={overview} chosen={chosen} />
      <DispatchPanel
        overview={overview}
        problem={problem}
        view={view}
        onView={(next) => setSeen({ task: chosen, view: next })}
        onDispatchers={ask}
      />
    </main>
  );
}
