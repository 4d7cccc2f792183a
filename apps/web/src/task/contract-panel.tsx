import type { ReactNode } from "react";
import { OperationButton } from "../forms/operation-button.tsx";
import { capital, sentence, spaced } from "../lib/words.ts";
import type { OutputAt } from "../live/operations.ts";
import { useAnswer } from "../live/use-answer.ts";
import { useHappenings } from "../live/use-happenings.ts";
import { CommandLine } from "../parts/command-line.tsx";
import { Glyph } from "../parts/glyph.tsx";
import { Loading, PartFailed } from "../parts/nothing.tsx";

type Question = OutputAt<"contract.questions">["questions"][number];
type Gate = OutputAt<"tasks.checkFinish">["gates"][number];

/** Which events change what is shown here. */
const CHANGES = /config|ack|handoff|decision|epilogue|continuation|criterion|check|permission/;

/** How a task is supervised: mode, aims, rules, permissions; who acknowledged it; what a finish would say; what its manager decided. */
export function ContractPanel({ task, isOver }: { task: string; isOver: boolean }) {
  const config = useAnswer("contract.questions", { task });
  const gates = useAnswer("tasks.checkFinish", { task, require_criteria_audit: true, require_acks: true });
  const epilogues = useAnswer("epilogues.status", { task });
  const askAll = () => {
    config.ask();
    gates.ask();
    epilogues.ask();
  };
  useHappenings((happening) => {
    if (happening === null || CHANGES.test(happening.event_type)) askAll();
  });
  const fixed = { task };

  return (
    <div className="kv">
      <section aria-label="How it is supervised">
        <Head title="How it is supervised">
          {!isOver && (
            <OperationButton
              path="contract.configure"
              verb="Change…"
              subject="the contract"
              fixed={fixed}
              onDone={askAll}
            />
          )}
        </Head>
        {config.problem !== null && <PartFailed problem={config.problem} code={config.code} onAgain={config.ask} />}
        {config.answer === undefined && config.problem === null && <Loading rows={5} />}
        {config.answer !== undefined && (
          <dl className="facts contract">
            {config.answer.questions.map((question) => (
              <Term key={question.id} question={question} />
            ))}
          </dl>
        )}
      </section>
      <section aria-label="Acknowledgements">
        <Head title="Acknowledgements">
          <OperationButton
            path="contract.workerAck"
            verb="Worker's"
            subject="acknowledgement"
            fixed={fixed}
            kind="quiet small"
          />
          <OperationButton
            path="contract.managerAck"
            verb="Manager's"
            subject="acknowledgement"
            fixed={fixed}
            kind="quiet small"
          />
        </Head>
        {gates.answer !== undefined && <Acks audit={gates.answer.final_ack_audit} />}
      </section>
      {!isOver && (
        <section aria-label="What a finish would say">
          <Head title="What a finish would say" />
          {gates.problem !== null && <PartFailed problem={gates.problem} code={gates.code} onAgain={gates.ask} />}
          {gates.answer !== undefined && <Gates gates={gates.answer.gates} />}
        </section>
      )}
      <section aria-label="Closing steps">
        <Head title="Closing steps">
          {!isOver && <OperationButton path="epilogues.run" verb="Run a step…" fixed={fixed} onDone={askAll} />}
        </Head>
        {epilogues.answer !== undefined && <Steps steps={epilogues.answer.status.steps} />}
      </section>
      <section aria-label="Continuations, handoffs and decisions">
        <Head title="Continuations, handoffs and decisions" />
        <p className="soft">
          What was proposed, handed over and decided is content: opening it is recorded. The timeline says when.
        </p>
        <p className="acts">
          <OperationButton path="continuations.list" verb="Continuations" fixed={fixed} stays />
          <OperationButton path="contract.handoff" verb="Hand over…" fixed={fixed} onDone={askAll} />
          <OperationButton path="decisions.record" verb="Record a decision…" fixed={fixed} onDone={askAll} />
          <OperationButton path="contract.checkPermission" verb="May it…?" fixed={fixed} kind="quiet small" />
          {!isOver && (
            <OperationButton
              path="contract.compactWorker"
              verb="Compact the worker…"
              fixed={fixed}
              kind="quiet small"
            />
          )}
        </p>
      </section>
    </div>
  );
}

function Head({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="kv-head">
      <h2>{title}</h2>
      {children !== undefined && <span className="acts">{children}</span>}
    </div>
  );
}

/** One question of the set-up with its present answer. */
function Term({ question: { id, default: answer } }: { question: Question }) {
  const empty = <span className="faint">nothing</span>;
  return (
    <>
      <dt>{sentence(id)}</dt>
      <dd>
        {answer === null || (Array.isArray(answer) && answer.length === 0) ? (
          empty
        ) : Array.isArray(answer) ? (
          <ul className="bul">
            {answer.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        ) : typeof answer === "object" ? (
          <Permissions granted={answer} />
        ) : typeof answer === "boolean" ? (
          answer ? (
            "yes"
          ) : (
            "no"
          )
        ) : (
          answer
        )}
      </dd>
    </>
  );
}

function Permissions({ granted }: { granted: Record<string, string[]> }) {
  const all = Object.entries(granted).flatMap(([category, actions]) =>
    actions.map((action) => `${category}.${action}`),
  );
  if (all.length === 0) return <span className="faint">nothing is granted</span>;
  return (
    <span className="perm">
      {all.map((action) => (
        <span key={action} className="tag line">
          {action}
        </span>
      ))}
    </span>
  );
}

function Acks({ audit: { ok, missing, stale } }: { audit: OutputAt<"tasks.checkFinish">["final_ack_audit"] }) {
  const rows = (["worker", "manager"] as const).map((role) => {
    if (missing.includes(role))
      return { role, word: "has not acknowledged it", glyph: "unproven", tone: "mute" } as const;
    if (stale.includes(role))
      return { role, word: "acknowledged an earlier one", glyph: "stale", tone: "warn" } as const;
    return { role, word: "acknowledged it as it is", glyph: "done", tone: "good" } as const;
  });
  return (
    <ul className="rows" aria-label={ok ? "Both acknowledged it" : "Not acknowledged by both"}>
      {rows.map(({ role, word, glyph, tone }) => (
        <li key={role}>
          <Glyph name={glyph} tone={tone} /> {capital(role)} {word}
        </li>
      ))}
    </ul>
  );
}

function Gates({ gates }: { gates: readonly Gate[] }) {
  return (
    <ul className="rows">
      {gates.map(({ stage, required, ok, reason, fix }) => (
        <li key={stage}>
          <Glyph name={ok ? "done" : required ? "refused" : "held"} tone={ok ? "good" : required ? "bad" : "warn"} />{" "}
          <b>{sentence(stage)}</b> {ok ? "lets it pass" : capital(reason ?? "refuses")}
          {!required && <span className="faint"> not demanded</span>}
          {!ok && fix.map((line) => <CommandLine key={line} command={line} />)}
        </li>
      ))}
    </ul>
  );
}

function Steps({ steps }: { steps: OutputAt<"epilogues.status">["status"]["steps"] }) {
  if (steps.length === 0) return <p className="faint">None is asked for.</p>;
  return (
    <ul className="rows">
      {steps.map(({ step_name, state, ok }) => (
        <li key={step_name}>
          <Glyph name={ok ? "done" : state === "failed" ? "failed" : "unproven"} tone={ok ? "good" : "mute"} />{" "}
          {sentence(step_name)} <span className="faint">{spaced(state)}</span>
        </li>
      ))}
    </ul>
  );
}
