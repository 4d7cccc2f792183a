import { useId, useState } from "react";
import { ActButton } from "../act/act-button.tsx";
import type { Offer } from "../act/acts.ts";
import { CRITERION_LOOKS, metOf, PROOF_LOOKS } from "../lib/proof.ts";
import { sentence } from "../lib/words.ts";
import type { Criterion, CriterionStanding, TaskProof } from "../live/operations.ts";
import { Age } from "../parts/age.tsx";
import { Glyph } from "../parts/glyph.tsx";
import { Nothing } from "../parts/nothing.tsx";
import { ProofBar } from "../parts/proof-bar.tsx";
import { ProofSummary, Standing } from "./proof-panel.tsx";

interface CriteriaBoardProps {
  task: string;
  criteria: readonly Criterion[];
  /** How far each is proven; undefined until that is known, or where it cannot be told. */
  report: TaskProof | undefined;
  isOver: boolean;
  onChanged(): void;
}

/** What was agreed about the end of a task, how each stands, how far it is proven, and what moves it on. */
export function CriteriaBoard({ task, criteria, report, isOver, onChanged }: CriteriaBoardProps) {
  const { met, of } = metOf(criteria);
  const standings = new Map(report?.criteria.map((standing) => [standing.criterion_id, standing]));
  const isChecked = report?.criteria.some(({ checks, state }) => checks.length > 0 || state === "waived") ?? false;
  return (
    <>
      {isChecked && report !== undefined ? (
        <ProofSummary task={task} report={report} isOver={isOver} onChanged={onChanged} />
      ) : (
        <div className="p-sum">
          <div className="p-sum-t">
            <h2>{criteria.length === 0 ? "Nothing was agreed" : `${met} of ${of} met`}</h2>
          </div>
          {criteria.length > 0 && <ProofBar criteria={criteria} big />}
          {met > 0 && <p className="p-sub">Met means that somebody said so; Conveyor ran no check of its own.</p>}
        </div>
      )}
      {criteria.length === 0 && isOver && <Nothing>This task was closed without criteria.</Nothing>}
      <ol aria-label="Criteria">
        {criteria.map((criterion) => (
          <CriterionRow
            key={criterion.id}
            task={task}
            criterion={criterion}
            standing={standings.get(criterion.id)}
            isOver={isOver}
            onChanged={onChanged}
          />
        ))}
      </ol>
      {!isOver && <AddCriterion task={task} onChanged={onChanged} />}
    </>
  );
}

interface CriterionRowProps {
  task: string;
  criterion: Criterion;
  standing: CriterionStanding | undefined;
  isOver: boolean;
  onChanged(): void;
}

function CriterionRow({ task, criterion, standing, isOver, onChanged }: CriterionRowProps) {
  const { id, criterion: text, status, source, proof, rationale, updated_at } = criterion;
  const [proving, setProving] = useState(false);
  // What Conveyor found out itself says more than what somebody said.
  const isKnown = standing !== undefined && (standing.checks.length > 0 || standing.state === "waived");
  const isCounted = status !== "rejected" && status !== "deferred";
  const { glyph, tone, word } = isKnown && isCounted ? PROOF_LOOKS[standing.state] : CRITERION_LOOKS[status];
  return (
    <li className="cr">
      <Glyph name={glyph} tone={tone} />
      <span className="cr-n">{id}</span>
      <p className="cr-t">{text}</p>
      <span className="cr-s" data-tone={tone}>
        {word}
      </span>
      <div className="cr-d">
        <span className="say">
          {[proof && `proof: ${proof}`, rationale && `why: ${rationale}`].filter(Boolean).join("; ") ||
            sentence(source)}
          {" · "}
          <Age of="changed" time={updated_at} after="ago" />
        </span>
        {!isOver && (
          <span className="cr-acts">
            {(status === "accepted" || status === "proposed") && (
              <button type="button" className="btn small" aria-expanded={proving} onClick={() => setProving(!proving)}>
                Met…<span className="vh"> criterion {id}</span>
              </button>
            )}
            {offersOf(task, criterion).map((offer) => (
              <ActButton
                key={offer.verb}
                offer={offer}
                subject={`criterion ${id}`}
                kind="quiet small"
                onDone={onChanged}
              />
            ))}
          </span>
        )}
      </div>
      {standing !== undefined && status !== "rejected" && (
        <Standing task={task} standing={standing} isOver={isOver} onChanged={onChanged} />
      )}
      {proving && !isOver && (
        <Prove
          task={task}
          id={id}
          onDone={() => {
            setProving(false);
            onChanged();
          }}
        />
      )}
    </li>
  );
}

/** What else can become of a criterion. */
function offersOf(task: string, { id, status }: Criterion): Offer[] {
  const input = { task, criterion_id: id };
  const accept: Offer = { verb: "Accept", act: { path: "criteria.accept", input }, done: `Criterion ${id} is agreed` };
  const defer: Offer = { verb: "Later", act: { path: "criteria.defer", input }, done: `Criterion ${id} is for later` };
  const reject: Offer = { verb: "Drop", act: { path: "criteria.reject", input }, done: `Criterion ${id} is dropped` };
  const reopen: Offer = { ...accept, verb: "Open again", done: `Criterion ${id} is open again` };
  const offers: Readonly<Record<Criterion["status"], Offer[]>> = {
    proposed: [accept, defer, reject],
    accepted: [defer, reject],
    satisfied: [reopen],
    deferred: [reopen, reject],
    rejected: [reopen],
  };
  return offers[status];
}

/** Say that a criterion is met, and by what. */
function Prove({ task, id, onDone }: { task: string; id: number; onDone(): void }) {
  const [proof, setProof] = useState("");
  const field = useId();
  const words = proof.trim();
  const input = { task, criterion_id: id, ...(words !== "" && { proof: words }) };
  return (
    <div className="cr-prove">
      <div className="field">
        <label htmlFor={field}>What shows it? A command that was run, a file, a link</label>
        {/* biome-ignore lint/a11y/noAutofocus: somebody just asked for this field */}
        <input id={field} className="in" autoFocus value={proof} onChange={(event) => setProof(event.target.value)} />
      </div>
      <ActButton
        offer={{
          verb: "Mark as met",
          act: { path: "criteria.satisfy", input },
          done: `Criterion ${id} is marked as met`,
        }}
        onDone={onDone}
      />
    </div>
  );
}

/** Agree on one more thing that must be true. */
function AddCriterion({ task, onChanged }: { task: string; onChanged(): void }) {
  const [text, setText] = useState("");
  const field = useId();
  const criterion = text.trim();
  return (
    <div className="cr-prove cr-add">
      <div className="field">
        <label htmlFor={field}>What must be true in the end?</label>
        <input id={field} className="in" value={text} onChange={(event) => setText(event.target.value)} />
      </div>
      {criterion !== "" && (
        <ActButton
          offer={{
            verb: "Add and accept",
            act: { path: "criteria.add", input: { task, criterion, source: "user_requested", status: "accepted" } },
            done: "Agreed",
          }}
          onDone={() => {
            setText("");
            onChanged();
          }}
        />
      )}
    </div>
  );
}
