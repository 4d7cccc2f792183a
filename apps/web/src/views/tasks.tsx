import { getRouteApi, Link } from "@tanstack/react-router";
import { lookOf, signOf } from "../fleet/fleet-row.tsx";
import { rowsByUrgency } from "../fleet/order.ts";
import { useTitle } from "../lib/use-title.ts";
import { isTaskClosed, TASK_WORDS } from "../lib/words.ts";
import { useFleet, withAgents } from "../live/fleet.tsx";
import type { TaskListItem } from "../live/operations.ts";
import { useProofs } from "../live/use-proofs.ts";
import { useRows } from "../live/use-rows.ts";
import { Age } from "../parts/age.tsx";
import { Glyph } from "../parts/glyph.tsx";
import { Icon } from "../parts/icon.tsx";
import { Loading, Nothing } from "../parts/nothing.tsx";
import { ProofBar } from "../parts/proof-bar.tsx";

const route = getRouteApi("/tasks");
const SHOWS = { open: "Open", closed: "Closed", all: "All" } as const;
type Show = keyof typeof SHOWS;

const keyOf = ({ id }: TaskListItem) => id;

/** All tasks in a dense table: those that need somebody first, closed ones last. */
export function Tasks() {
  useTitle("Tasks");
  const { q = "", state } = route.useSearch();
  const navigate = route.useNavigate();
  const { sessions } = useFleet();
  const { rows: told, settled } = useRows("tasks.onChange", {}, keyOf);
  const rows = withAgents(told, sessions);
  const show: Show = state === "closed" || state === "all" ? state : "open";
  const words = q.toLowerCase();
  const counts: Record<Show, number> = {
    open: rows.filter((task) => !isTaskClosed(task)).length,
    closed: rows.filter(isTaskClosed).length,
    all: rows.length,
  };
  const tasks = rows
    .filter((task) => show === "all" || (show === "closed") === isTaskClosed(task))
    .filter(({ name, goal, agents }) =>
      [name, goal, ...agents.map((one) => one.name)].join(" ").toLowerCase().includes(words),
    )
    .toSorted(
      (a, b) =>
        Number(isTaskClosed(a)) - Number(isTaskClosed(b)) ||
        (isTaskClosed(a) ? b.updated_at.localeCompare(a.updated_at) : rowsByUrgency(a, b)),
    );
  const proofs = useProofs(tasks.map(({ id }) => id));
  const go = (next: { q?: string | undefined; state?: string | undefined }) =>
    void navigate({ search: (old) => ({ ...old, ...next }), replace: true });

  return (
    <div className="view">
      <div className="sec-head">
        <h1>Tasks</h1>
        <fieldset className="seg" aria-label="Which tasks">
          {(Object.keys(SHOWS) as Show[]).map((key) => (
            <button
              key={key}
              type="button"
              aria-pressed={show === key}
              onClick={() => go({ state: key === "open" ? undefined : key })}
            >
              {SHOWS[key]} {counts[key]}
            </button>
          ))}
        </fieldset>
        <span className="end">
          <label className="in-search">
            <Icon name="search" />
            <span className="vh">Filter tasks by name, goal or agent</span>
            <input
              data-filter
              type="search"
              placeholder="Name, goal, agent"
              value={q}
              onChange={(event) => go({ q: event.target.value === "" ? undefined : event.target.value })}
            />
          </label>
        </span>
      </div>
      <div className="panel">
        {!settled && rows.length === 0 && <Loading rows={8} />}
        {settled && tasks.length === 0 && q === "" && (
          <Nothing commands={['conveyor tasks --create auth --goal "Refactor auth"']}>
            {show === "closed" ? "No task is closed." : "No task is open. Create one:"}
          </Nothing>
        )}
        {settled && tasks.length === 0 && q !== "" && (
          <div className="empty">
            <p>No task matches “{q}”.</p>
            <button type="button" className="btn small" onClick={() => go({ q: undefined })}>
              Clear the filter
            </button>
          </div>
        )}
        {tasks.length > 0 && (
          <table className="tbl fleet-t">
            <thead>
              <tr>
                <th className="k-state">
                  <span>State</span>
                </th>
                <th className="k-task">Task</th>
                <th className="k-who c-mid">Worker</th>
                <th className="k-mgr c-wide">Manager</th>
                <th className="k-do c-mid">Now</th>
                <th className="k-proof">Criteria</th>
                <th className="k-age">Heard</th>
              </tr>
            </thead>
            <tbody>
              {tasks.map((task) => {
                const look = isTaskClosed(task) ? closedLook(task) : lookOf(task);
                const agent = (role: string) => task.agents.find((one) => one.role === role)?.name ?? "–";
                return (
                  <tr key={task.id}>
                    <td>
                      <span className="state" data-tone={look.tone}>
                        <Glyph name={look.glyph} tone={look.tone} />
                        <span>{look.word}</span>
                      </span>
                    </td>
                    <td>
                      <Link data-cursor to="/tasks/$name" params={{ name: task.name }} title={task.goal}>
                        {task.name}
                      </Link>
                    </td>
                    <td className="c-mid">{agent("worker")}</td>
                    <td className="c-wide">{agent("manager")}</td>
                    <td className="c-mid" title={look.source}>
                      {look.doing}
                    </td>
                    <td>
                      <ProofBar criteria={proofs.get(task.id)} />
                    </td>
                    <td>
                      <Age
                        of={isTaskClosed(task) ? "closed" : "last sign of life"}
                        time={isTaskClosed(task) ? task.updated_at : signOf(task, sessions)}
                      />
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        )}
      </div>
    </div>
  );
}

function closedLook({ state, goal }: TaskListItem): ReturnType<typeof lookOf> {
  const isDone = state === "done";
  return {
    word: TASK_WORDS[state],
    glyph: isDone ? "done" : "gone",
    tone: isDone ? "good" : "bad",
    doing: goal,
    source: "",
  };
}
