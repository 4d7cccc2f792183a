import { OperationButton } from "../forms/operation-button.tsx";
import { sentence, spaced } from "../lib/words.ts";
import type { OutputAt } from "../live/operations.ts";
import { useAnswer } from "../live/use-answer.ts";
import { useHappenings } from "../live/use-happenings.ts";
import { Age } from "../parts/age.tsx";
import { Glyph } from "../parts/glyph.tsx";
import { Loading, Nothing, PartFailed } from "../parts/nothing.tsx";

type Run = OutputAt<"loops.listRuns">[number];

/** The loops and runs of a task: how far each is, what the next round has to show, and what moves it on. */
export function LoopsPanel({ task, isOver }: { task: string; isOver: boolean }) {
  const { answer, problem, code, ask } = useAnswer("loops.listRuns", { task, limit: 50 });
  useHappenings((happening) => {
    if (happening === null || /run|loop|iteration|evidence|trigger/.test(happening.event_type)) ask();
  });
  return (
    <section aria-label="Loops">
      <div className="kv-head">
        <h2>Loops</h2>
        {!isOver && (
          <span className="acts">
            <OperationButton path="loops.createFromTemplate" verb="Start a loop…" fixed={{ task }} onDone={ask} />
            <OperationButton
              path="dispatch.enqueueContinueIteration"
              verb="Next round…"
              fixed={{ task }}
              onDone={ask}
            />
            <OperationButton path="loops.listTemplates" verb="Templates" kind="quiet small" />
          </span>
        )}
      </div>
      {problem !== null && <PartFailed problem={problem} code={code} onAgain={ask} />}
      {answer === undefined && problem === null && <Loading rows={3} />}
      {answer?.length === 0 && <Nothing>No loop steers this task.</Nothing>}
      <ul className="rows">
        {answer?.map((run) => (
          <LoopRow key={run.id} run={run} task={task} onChanged={ask} />
        ))}
      </ul>
    </section>
  );
}

/** A number of the policy that a run carries. */
const numberIn = (run: Run, key: string) =>
  typeof run.metadata[key] === "number" ? (run.metadata[key] as number) : null;

function LoopRow({ run, task, onChanged }: { run: Run; task: string; onChanged(): void }) {
  const { name, status, purpose, loop_state, started_at, metadata } = run;
  const round = numberIn(run, "current_iteration");
  const most = numberIn(run, "max_iterations");
  const required = Array.isArray(metadata["required_before_continue"]) ? metadata["required_before_continue"] : [];
  const state = loop_state ?? status;
  const isOpen = state === "open" || state === "active";
  return (
    <li>
      <Glyph name={isOpen ? "running" : state === "failed" ? "failed" : "done"} tone={isOpen ? "busy" : "mute"} />{" "}
      <b>{name}</b> {sentence(state)}
      {round !== null && most !== null && (
        <span>
          {" "}
          · round <b>{round}</b> of {most}{" "}
          <progress aria-label={`Rounds of ${name}`} value={round} max={Math.max(1, most)} />
        </span>
      )}
      <p className="faint">
        {purpose !== null && `${spaced(purpose)} · `}
        <Age of="started" word="started" time={started_at} after="ago" />
        {required.length > 0 &&
          ` · every further round has to show ${required.map((one) => spaced(String(one))).join(", ")}`}
      </p>
      {isOpen && (
        <span className="acts">
          <OperationButton
            path="loops.addEvidence"
            verb="Add evidence…"
            subject={name}
            preset={{ run: name }}
            kind="quiet small"
            onDone={onChanged}
          />
          <OperationButton
            path="loops.finishRun"
            verb="Close…"
            subject={name}
            fixed={{ run: run.id }}
            kind="quiet small"
            onDone={onChanged}
          />
          {loop_state !== null && (
            <OperationButton
              path="dispatch.enqueueContinueIteration"
              verb="Next round…"
              subject={name}
              fixed={{ task }}
              kind="quiet small"
              onDone={onChanged}
            />
          )}
        </span>
      )}
    </li>
  );
}
