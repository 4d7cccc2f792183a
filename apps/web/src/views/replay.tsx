import { getRouteApi, Link } from "@tanstack/react-router";
import { useTitle } from "../lib/use-title.ts";
import { TASK_WORDS } from "../lib/words.ts";
import { useAnswer } from "../live/use-answer.ts";
import { useHappenings } from "../live/use-happenings.ts";
import { Age } from "../parts/age.tsx";
import { Loading, Nothing, PartFailed } from "../parts/nothing.tsx";
import { Panel } from "../parts/panel.tsx";
import { CountBars } from "../replay/count-bars.tsx";
import { ReplayPanel } from "../replay/replay-panel.tsx";

const one = getRouteApi("/replay/$name");

/** Tasks whose past can be looked through, the newest first. */
export function ReplayIndex() {
  useTitle("Replay");
  const { answer, problem, code, ask } = useAnswer("tasks.list", { limit: 200 });
  return (
    <div className="view">
      <div className="sec-head">
        <h1>Replay</h1>
        <p>what happened to a task, in order</p>
      </div>
      <section className="panel" aria-label="Tasks">
        {problem !== null && <PartFailed problem={problem} code={code} onAgain={ask} />}
        {answer === undefined && problem === null && <Loading rows={6} />}
        {answer?.length === 0 && <Nothing>There is no task yet.</Nothing>}
        <ul>
          {answer?.map(({ id, name, state, goal, updated_at }) => (
            <li key={id} className="mini">
              <span>
                <Link className="lnk" to="/replay/$name" params={{ name }} data-cursor>
                  {name}
                </Link>{" "}
                <span className="faint">{TASK_WORDS[state].toLowerCase()}</span>
                <small className="cut">{goal}</small>
              </span>
              <span className="faint">
                <Age of="last change" time={updated_at} after="ago" />
              </span>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

/** What happened to one task, and how much of what. */
export function ReplayView() {
  const { name } = one.useParams();
  const choice = one.useSearch();
  const navigate = one.useNavigate();
  useTitle(`Replay ${name}`);
  const { answer, ask } = useAnswer("telemetry.summary", { task: name });
  useHappenings((happening) => {
    if (happening === null) ask();
  });
  return (
    <div className="view">
      <div className="sec-head">
        <h1>{name}</h1>
        <p>what happened to it, the newest first; no content is shown</p>
        <span className="end">
          <Link className="btn" to="/tasks/$name" params={{ name }}>
            To the task
          </Link>
        </span>
      </div>
      <div className="split replay">
        <section className="panel" aria-label="Timeline">
          <h2 className="vh">Timeline</h2>
          <ReplayPanel
            task={name}
            choice={choice}
            onChoice={(next) => void navigate({ search: next, replace: next.at === undefined })}
          />
        </section>
        <div className="side">
          <Panel title="How much of what" end={answer && `${answer.total} events`}>
            {answer === undefined ? (
              <Loading rows={5} />
            ) : (
              <div className="kv">
                <CountBars title="By who" counts={answer.by_actor} />
                <CountBars title="By kind" counts={answer.by_event_type} />
                <CountBars title="By weight" counts={answer.by_severity} />
              </div>
            )}
          </Panel>
        </div>
      </div>
    </div>
  );
}
