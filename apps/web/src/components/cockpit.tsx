import { useEffect } from "react";
import { useChosenTask } from "../lib/use-chosen-task.ts";
import type { Session } from "../live/operations.ts";
import { useInboxes } from "../live/use-inboxes.ts";
import { useRows } from "../live/use-rows.ts";
import { ChosenBar } from "./chosen-bar.tsx";
import { DispatchLane } from "./dispatch-lane.tsx";
import { InboxPanel, pendingCount } from "./inbox-panel.tsx";
import { SessionList } from "./session-list.tsx";
import { TaskList } from "./task-list.tsx";

const keyOf = ({ id }: Session) => id;

/** Everything about one ledger at a glance. */
export function Cockpit({ dispatches }: { dispatches: boolean }) {
  const [chosen, choose] = useChosenTask();
  const { rows: sessions, settled } = useRows("sessions.onChange", {}, keyOf);
  const inboxes = useInboxes(sessions);
  const waiting = pendingCount(inboxes);

  useEffect(() => {
    document.title = waiting > 0 ? `(${waiting}) Conveyor` : "Conveyor";
  }, [waiting]);

  return (
    <main className="cockpit">
      {chosen !== null && <ChosenBar task={chosen} onClear={() => choose(null)} />}
      <TaskList sessions={sessions} chosen={chosen} onChoose={choose} />
      <SessionList sessions={sessions} settled={settled} chosen={chosen} />
      <InboxPanel inboxes={inboxes} settled={settled} chosen={chosen} />
      <DispatchLane serves={dispatches} chosen={chosen} cue={inboxes} />
    </main>
  );
}
