import { ActButton } from "../act/act-button.tsx";
import type { Offer } from "../act/acts.ts";
import { OperationButton } from "../forms/operation-button.tsx";
import { PROOF_LOOKS, segmentsOf } from "../lib/proof.ts";
import { capital } from "../lib/words.ts";
import type { CriterionStanding, TaskProof } from "../live/operations.ts";
import { Glyph } from "../parts/glyph.tsx";

/** Run the accepted checks of a task, or of one of its criteria, on the files as they are now. */
export function verifyOffer(task: string, criterion?: number): Offer {
  return {
    verb: criterion === undefined ? "Run checks" : "Run",
    act: { path: "proof.verify", input: { task, ...(criterion !== undefined && { criterion_id: [criterion] }) } },
    done: criterion === undefined ? `The checks of ${task} have run` : `The checks of criterion ${criterion} have run`,
  };
}

/** How many accepted checks would prove something that is not proven yet. Pure. */
export function runnable({ criteria }: TaskProof): number {
  return criteria
    .filter(({ state, status }) => state !== "verified" && state !== "waived" && status !== "rejected")
    .flatMap(({ checks }) => checks)
    .filter(({ accepted, kind }) => accepted && kind !== "human").length;
}

interface ProofSummaryProps {
  task: string;
  report: TaskProof;
  isOver: boolean;
  onChanged(): void;
}

/** How many criteria are proven, the bar, the files that this is said of, and the button that runs what is left. */
export function ProofSummary({ task, report, isOver, onChanged }: ProofSummaryProps) {
  const segments = segmentsOf(report);
  const proven = segments.filter((state) => state === "verified" || state === "waived").length;
  const left = runnable(report);
  const { subject } = report;
  const spoken = Object.entries(report.summary)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${PROOF_LOOKS[state as CriterionStanding["state"]].word.toLowerCase()}`)
    .join(", ");
  return (
    <div className="p-sum">
      <div className="p-sum-t">
        <h2>
          {proven} of {segments.length} proven
        </h2>
        {!isOver && left > 0 && (
          <span className="end" data-verify>
            <ActButton
              offer={{ ...verifyOffer(task), verb: left === 1 ? "Run 1 check" : `Run ${left} checks` }}
              kind="primary"
              onDone={onChanged}
            />
          </span>
        )}
      </div>
      <span className="proof big">
        <span className="pb" role="img" aria-label={spoken}>
          {segments.map((state, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a segment is nothing but its place and state
            <i key={i} data-s={state} />
          ))}
        </span>
      </span>
      <p className="p-sub">
        {subject !== null && (
          <span>
            Files now: tree <code>{subject.tree.slice(0, 7)}</code>
          </span>
        )}
        {subject?.commit != null && (
          <span>
            commit <code>{subject.commit.slice(0, 7)}</code>
            {subject.dirty === true && " and changes"}
          </span>
        )}
        <span>a finish demands {report.policy === "off" ? "no checks" : `checks: ${report.policy}`}</span>
      </p>
    </div>
  );
}

/** The checks of a criterion with how the newest run of each ended, why it is where it is, and what moves it on. */
export function Standing(props: { task: string; standing: CriterionStanding; isOver: boolean; onChanged(): void }) {
  const { task, standing, isOver, onChanged } = props;
  const { criterion_id, state, reason, checks } = standing;
  const subject = `criterion ${criterion_id}`;
  const mayRun = checks.some(({ accepted, kind }) => accepted && kind !== "human");
  return (
    <div className="cr-d">
      {checks.map(({ check_id, name, run_state, accepted, on_present_subject }) => {
        const look = checkLook(run_state, on_present_subject);
        return (
          <span key={check_id} className="tag line" title={accepted ? undefined : "proposed: it proves nothing yet"}>
            <Glyph name={look.glyph} tone={look.tone} />
            {name}
            {!accepted && <span className="faint"> proposed</span>}
            <span className="vh">, {look.word}</span>
          </span>
        );
      })}
      {(checks.length > 0 || state === "waived") && <span className="say">{capital(reason)}</span>}
      {!isOver && (
        <span className="cr-acts">
          {mayRun && state !== "verified" && (
            <ActButton offer={verifyOffer(task, criterion_id)} subject={subject} kind="small" onDone={onChanged} />
          )}
          {checks
            .filter(({ accepted }) => !accepted)
            .map(({ check_id, name }) => (
              <ActButton
                key={check_id}
                offer={{
                  verb: `Let ${name} count`,
                  act: { path: "checks.accept", input: { check: check_id } },
                  done: `Check ${name} counts`,
                }}
                kind="small"
                onDone={onChanged}
              />
            ))}
          <OperationButton
            path="checks.add"
            verb="Add a check…"
            subject={subject}
            fixed={{ task, criterion_id: String(criterion_id) }}
            preset={{ name: "", argv: "" }}
            kind="quiet small"
            onDone={onChanged}
          />
          {state !== "verified" && state !== "waived" && (
            <OperationButton
              path="criteria.waive"
              verb="Waive…"
              subject={subject}
              fixed={{ task, criterion_id: String(criterion_id) }}
              kind="quiet small"
              onDone={onChanged}
            />
          )}
          {state === "waived" && (
            <OperationButton
              path="criteria.unwaive"
              verb="Take the waiver back…"
              subject={subject}
              fixed={{ task, criterion_id: String(criterion_id) }}
              kind="quiet small"
              onDone={onChanged}
            />
          )}
        </span>
      )}
    </div>
  );
}

function checkLook(state: CriterionStanding["checks"][number]["run_state"], isPresent: boolean) {
  if (state === null) return { ...PROOF_LOOKS.unproven, word: "has not run" };
  if (state === "running") return PROOF_LOOKS.running;
  if (state !== "passed") return { ...PROOF_LOOKS.failed, word: state.replaceAll("_", " ") };
  return isPresent
    ? { ...PROOF_LOOKS.verified, word: "passed" }
    : { ...PROOF_LOOKS.stale, word: "passed, on other files" };
}
