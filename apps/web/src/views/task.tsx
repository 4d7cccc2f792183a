import { getRouteApi, Link } from "@tanstack/react-router";
import { type KeyboardEvent, useState } from "react";
import { metOf } from "../lib/proof.ts";
import { usePressed } from "../lib/use-pressed.ts";
import { useTitle } from "../lib/use-title.ts";
import { isTaskClosed } from "../lib/words.ts";
import { useFleet } from "../live/fleet.tsx";
import type { Overview } from "../live/operations.ts";
import { useAnswer } from "../live/use-answer.ts";
import { useHappenings } from "../live/use-happenings.ts";
import { ChainList } from "../messages/chain-list.tsx";
import { ChainView } from "../messages/chain-view.tsx";
import { Loading, Nothing, PartFailed } from "../parts/nothing.tsx";
import { Queue } from "../queue/queue.tsx";
import { ReplayPanel } from "../replay/replay-panel.tsx";
import { AgentsPanel } from "../task/agents-panel.tsx";
import { AppLoopPanel } from "../task/app-loop-panel.tsx";
import { MessageComposer } from "../task/composer.tsx";
import { ContractPanel } from "../task/contract-panel.tsx";
import { CriteriaBoard } from "../task/criteria-board.tsx";
import { InboxPanel } from "../task/inbox-panel.tsx";
import { LoopsPanel } from "../task/loops-panel.tsx";
import { RecordsPanel } from "../task/records-panel.tsx";
import { TaskHead } from "../task/task-head.tsx";
import { UnknownTask } from "../task/unknown-task.tsx";
import { TerminalPane } from "../terminal/terminal-pane.tsx";

const route = getRouteApi("/tasks/$name");
const TABS = ["criteria", "messages", "contract", "timeline", "more"] as const;
type Tab = (typeof TABS)[number];
const TAB_WORDS: Readonly<Record<Tab, string>> = {
  criteria: "Proof",
  messages: "Messages",
  contract: "Contract",
  timeline: "Timeline",
  more: "More",
};

/** Messages of a task that are shown here; all of them stand under Messages. */
const CHAINS = 25;

/** One task: goal, agents, what was agreed, what passes between its agents, and what happened. */
export function TaskView() {
  const { name } = route.useParams();
  useTitle(name);
  const { answer, problem, code, ask } = useAnswer("dispatch.overview", { task: name, limit: CHAINS });
  useHappenings(ask);
  if (code === "not_found" || code === "ambiguous") return <UnknownTask name={name} problem={problem ?? ""} />;
  if (answer === undefined && problem !== null) return <PartFailed problem={problem} code={code} onAgain={ask} />;
  // Until the answer is there, the one of the task before stays.
  if (answer === undefined || answer.task === null || !isOf(answer, name)) return <Loading rows={10} />;
  return <KnownTask key={answer.task.id} overview={answer} task={answer.task} />;
}

/** The address may name a task by its id, or the beginning of it. */
const isOf = ({ task }: Overview, name: string) => task !== null && (task.name === name || task.id.startsWith(name));

function KnownTask({ overview, task }: { overview: Overview; task: NonNullable<Overview["task"]> }) {
  const search = route.useSearch();
  const { tab: wanted, layout } = search;
  const navigate = route.useNavigate();
  const { tasks, sessions, needs } = useFleet();
  const [finishing, setFinishing] = useState(false);
  const [open, setOpen] = useState<string | null>(null);
  const tab = TABS.find((one) => one === wanted) ?? "criteria";
  const isWide = layout === "side";
  const go = (next: Tab) => void navigate({ search: next === "criteria" ? {} : { tab: next }, replace: true });
  const setLayout = (next: "side" | undefined) =>
    void navigate({ search: (before) => ({ ...before, layout: next }), replace: true });

  const row = tasks.find(({ id }) => id === task.id);
  const isOver = isTaskClosed(task);
  // Of a task that is closed the fleet knows nothing; what happened to it does.
  const { answer: past } = useAnswer("audit.replay", { task: task.name, limit: 0 });
  const { answer: agreed, problem, code, ask: askCriteria } = useAnswer("criteria.list", { task: task.name });
  const { answer: report, ask: askProof } = useAnswer("proof.show", { task: task.name });
  const ask = () => {
    askCriteria();
    askProof();
  };
  useHappenings((happening) => {
    if (happening === null || /criterion|check|proof|waive/.test(happening.event_type)) ask();
  });
  const facts = row ?? (past && { ...past.task, agents: [], budget: null });
  const criteria = agreed?.criteria ?? [];
  const agents = sessions
    .filter(({ binding }) => binding?.task_id === task.id)
    .toSorted((a, b) => b.role.localeCompare(a.role));
  const own = needs.filter((need) => need.task === task.name);
  const chain = overview.chains.find(({ key }) => key === open);
  const { met, of } = metOf(criteria);
  const counts: Readonly<Record<Tab, string>> = {
    criteria: of === 0 ? "" : `${met}/${of}`,
    messages: overview.chains.length === 0 ? "" : `${overview.chains.length}${overview.older === null ? "" : "+"}`,
    contract: "",
    timeline: "",
    more: "",
  };

  usePressed({
    1: () => go("criteria"),
    2: () => go("messages"),
    3: () => go("contract"),
    4: () => go("timeline"),
    5: () => go("more"),
    v: () => document.querySelector<HTMLElement>("[data-verify] button")?.click(),
    t: () => setLayout(isWide ? undefined : "side"),
    m: () => document.querySelector<HTMLElement>("[data-composer]")?.focus(),
    f: () => setFinishing(true),
  });

  if (facts === undefined) return <Loading rows={10} />;
  return (
    <div className="task" data-layout={layout}>
      <TaskHead
        task={{ ...facts, state: task.state }}
        isOver={isOver}
        overview={overview}
        criteria={criteria}
        layout={isWide ? "side" : "tabs"}
        onLayout={(next) => setLayout(next === "side" ? "side" : undefined)}
        finishing={finishing}
        onFinishing={setFinishing}
      />
      {own.length > 0 && (
        <section aria-label="What needs you here">
          <Queue needs={own} ofTask />
        </section>
      )}
      <div className="bench">
        <div className="panel pane">
          <div className="tabs">
            <div role="tablist" aria-label="Of this task">
              {TABS.map((one) => (
                <button
                  key={one}
                  type="button"
                  role="tab"
                  id={`tab-${one}`}
                  aria-selected={tab === one}
                  aria-controls="tab-body"
                  tabIndex={tab === one ? 0 : -1}
                  onClick={() => go(one)}
                  onKeyDown={onTabKey}
                >
                  {TAB_WORDS[one]} {counts[one] !== "" && <span className="cnt">{counts[one]}</span>}
                </button>
              ))}
            </div>
          </div>
          <div id="tab-body" role="tabpanel" aria-labelledby={`tab-${tab}`} className="pane-body">
            {tab === "criteria" && problem !== null && <PartFailed problem={problem} code={code} onAgain={ask} />}
            {tab === "criteria" && problem === null && agreed === undefined && <Loading />}
            {tab === "criteria" && agreed !== undefined && (
              <CriteriaBoard
                task={task.name}
                criteria={criteria}
                report={report?.task.id === task.id ? report : undefined}
                isOver={isOver}
                onChanged={ask}
              />
            )}
            {tab === "messages" && overview.chains.length === 0 && (
              <Nothing>Nothing has passed between its agents yet.</Nothing>
            )}
            {tab === "messages" && chain === undefined && (
              <>
                <ChainList label="Messages of this task" chains={overview.chains} open={open} onOpen={setOpen} />
                {overview.older !== null && (
                  <p className="pages">
                    <Link className="btn small" to="/messages" search={{ task: task.name }}>
                      Older ones
                    </Link>
                  </p>
                )}
              </>
            )}
            {tab === "messages" && chain !== undefined && <ChainView chain={chain} onClose={() => setOpen(null)} />}
            {tab === "messages" && <InboxPanel inboxes={overview.inbox.sessions} />}
            {tab === "contract" && <ContractPanel task={task.name} isOver={isOver} />}
            {tab === "timeline" && (
              <ReplayPanel
                task={task.name}
                choice={search}
                onChoice={(next) =>
                  void navigate({
                    search: ({ tab: open, layout: wide }) => ({ ...next, tab: open, layout: wide }),
                    replace: true,
                  })
                }
              />
            )}
            {tab === "more" && (
              <div className="kv">
                <AgentsPanel agents={agents} isOver={isOver} />
                <LoopsPanel task={task.name} isOver={isOver} />
                {!isOver && <AppLoopPanel task={task.name} />}
                <RecordsPanel task={task.name} />
              </div>
            )}
          </div>
        </div>
        <div className="side">
          {agents.length === 0 && <AgentsPanel agents={agents} isOver={isOver} />}
          {agents.length > 0 && (
            <div className="live-pane" data-count={agents.length}>
              {agents.map((session) => (
                <TerminalPane key={session.id} session={session} />
              ))}
            </div>
          )}
          {!isOver && (
            <MessageComposer
              key={task.name}
              task={task.name}
              worker={agents.find(({ role }) => role === "worker")?.name}
              chains={overview.chains}
            />
          )}
        </div>
      </div>
    </div>
  );
}

/** Arrow keys go from tab to tab, as tabs do everywhere. */
function onTabKey(event: KeyboardEvent<HTMLButtonElement>): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const tabs = [...(event.currentTarget.parentElement?.querySelectorAll<HTMLElement>('[role="tab"]') ?? [])];
  const next = tabs[(tabs.indexOf(event.currentTarget) + step + tabs.length) % tabs.length];
  next?.focus();
  next?.click();
}
