import { Link } from "@tanstack/react-router";
import { OperationButton } from "../forms/operation-button.tsx";
import { useAnswer } from "../live/use-answer.ts";
import { Loading } from "../parts/nothing.tsx";
import { CountBars } from "../replay/count-bars.tsx";

/** What else is kept of a task: how much of what, captures of terminals, the audit, and what leaves the ledger. */
export function RecordsPanel({ task }: { task: string }) {
  const { answer } = useAnswer("telemetry.summary", { task });
  const fixed = { task };
  return (
    <section aria-label="Records">
      <div className="kv-head">
        <h2>Records</h2>
        <span className="acts">
          <Link className="btn small" to="/replay/$name" params={{ name: task }}>
            Replay
          </Link>
          <OperationButton path="transcripts.show" verb="Transcripts" fixed={fixed} kind="quiet small" />
          <OperationButton
            path="transcripts.capture"
            verb="Capture a terminal…"
            fixed={fixed}
            kind="quiet small"
            stays
          />
          <OperationButton path="audit.show" verb="Audit" fixed={fixed} kind="quiet small" />
          <OperationButton path="telemetry.list" verb="Search events…" fixed={fixed} kind="quiet small" />
          <OperationButton path="exports.exportTask" verb="Export…" fixed={fixed} kind="quiet small" stays />
          <OperationButton path="system.reconcile" verb="Reconcile" kind="quiet small" />
        </span>
      </div>
      {answer === undefined ? <Loading rows={3} /> : <CountBars title="Events by kind" counts={answer.by_event_type} />}
    </section>
  );
}
