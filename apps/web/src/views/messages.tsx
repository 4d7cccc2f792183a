import { getRouteApi } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTitle } from "../lib/use-title.ts";
import { counted } from "../lib/words.ts";
import { useFleet } from "../live/fleet.tsx";
import type { ChainState, Overview } from "../live/operations.ts";
import { useAnswer } from "../live/use-answer.ts";
import { useHappenings } from "../live/use-happenings.ts";
import { ChainList } from "../messages/chain-list.tsx";
import { ChainView } from "../messages/chain-view.tsx";
import { CoreBar } from "../messages/core-bar.tsx";
import { Loading, Nothing, PartFailed } from "../parts/nothing.tsx";

const route = getRouteApi("/messages");

/** Messages on one page of the list. */
const PAGE = 25;

interface Show {
  word: string;
  states: readonly ChainState[];
  count(overview: Overview): number | null;
}

const SHOWS = {
  all: { word: "All", states: [], count: () => null },
  queued: { word: "On the way", states: ["pending", "attempted"], count: ({ health }) => health.queued_count },
  arrived: { word: "Arrived", states: ["succeeded", "delivered"], count: () => null },
  held: { word: "Held by a gate", states: ["blocked"], count: ({ health }) => health.blocked_count },
  failed: {
    word: "Failed or refused",
    states: ["failed"],
    count: ({ health }) => health.failed_count + health.refused_count,
  },
  repeats: { word: "Repeats left out", states: ["suppressed"], count: ({ health }) => health.suppressed_signal_count },
} as const satisfies Record<string, Show>;

/** Everything that passed between agents, and whether it arrived. */
export function Messages() {
  useTitle("Messages");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { dispatchers } = useFleet();
  const show = search.show !== undefined && search.show in SHOWS ? (search.show as keyof typeof SHOWS) : "all";
  const before = Number(search.before);
  const { answer, problem, code, ask } = useAnswer("dispatch.overview", {
    limit: PAGE,
    state: [...SHOWS[show].states],
    ...(search.task !== undefined && { task: search.task }),
    ...(Number.isSafeInteger(before) && before > 0 && { before }),
  });
  useHappenings(ask);
  const states = dispatchers.map(({ instance_id, state }) => `${instance_id} ${state}`).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the states are the cue
  useEffect(ask, [states]);

  const open = answer?.chains.find(({ key }) => key === search.id);
  const go = (next: Partial<typeof search>) => void navigate({ search: (old) => ({ ...old, ...next }) });

  return (
    <div className="view" data-chain={open !== undefined || undefined}>
      <div className="sec-head">
        <h1>Messages</h1>
        <p>{search.task === undefined ? "between agents, and between you and them" : `of ${search.task}`}</p>
        {search.task !== undefined && (
          <button
            type="button"
            className="btn small"
            onClick={() => go({ task: undefined, before: undefined, id: undefined })}
          >
            Show those of all tasks
          </button>
        )}
      </div>
      {problem !== null && <PartFailed problem={problem} code={code} onAgain={ask} />}
      {answer === undefined && problem === null && <Loading rows={8} />}
      {answer !== undefined && (
        <>
          <CoreBar overview={answer} />
          <fieldset className="chips" aria-label="Which messages">
            {(Object.keys(SHOWS) as (keyof typeof SHOWS)[]).map((key) => {
              const count = SHOWS[key].count(answer);
              return (
                <button
                  key={key}
                  type="button"
                  className="chip"
                  aria-pressed={show === key}
                  data-zero={count === 0 || undefined}
                  onClick={() => go({ show: key === "all" ? undefined : key, before: undefined, id: undefined })}
                >
                  {SHOWS[key].word} {count !== null && <b>{counted(count, answer.count_limit)}</b>}
                </button>
              );
            })}
          </fieldset>
          <div className={open === undefined ? undefined : "split"}>
            <section className="panel" aria-label="List of messages">
              {answer.chains.length === 0 && show === "all" && (
                <Nothing commands={['conveyor enqueue-nudge-worker auth --message "Run the tests"']}>
                  Nothing has passed yet. Write to the worker of a task on the page of the task, or here:
                </Nothing>
              )}
              {answer.chains.length === 0 && show !== "all" && (
                <Nothing>No message is “{SHOWS[show].word.toLowerCase()}”.</Nothing>
              )}
              <ChainList
                label="Messages"
                chains={answer.chains}
                open={open?.key ?? null}
                onOpen={(key) => go({ id: key ?? undefined })}
              />
              {(answer.older !== null || search.before !== undefined) && (
                <nav className="pages" aria-label="Pages of messages">
                  <button
                    type="button"
                    className="btn small"
                    disabled={search.before === undefined}
                    onClick={() => go({ before: undefined, id: undefined })}
                  >
                    Newest
                  </button>
                  <button
                    type="button"
                    className="btn small"
                    disabled={answer.older === null}
                    onClick={() =>
                      go({ before: answer.older === null ? undefined : String(answer.older), id: undefined })
                    }
                  >
                    Older
                  </button>
                </nav>
              )}
            </section>
            {open !== undefined && <ChainView key={open.key} chain={open} onClose={() => go({ id: undefined })} />}
          </div>
        </>
      )}
    </div>
  );
}
