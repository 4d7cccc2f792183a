import { barOf, CRITERION_LOOKS, metOf, spokenProof } from "../lib/proof.ts";
import type { Criterion } from "../live/operations.ts";

/** One segment for each criterion, so that what was only said and what is open are told apart at a glance. */
export function ProofBar({ criteria, big = false }: { criteria: readonly Criterion[] | undefined; big?: boolean }) {
  if (criteria === undefined) return null;
  const bar = barOf(criteria);
  if (bar.length === 0) return <span className="proof-none">nothing agreed</span>;
  const { met, of } = metOf(criteria);
  return (
    <span className={big ? "proof big" : "proof"} data-many={bar.length > 12 || undefined}>
      <span className="pb" role="img" aria-label={`Criteria: ${spokenProof(criteria)}`}>
        {bar.slice(0, big ? 120 : 24).map(({ id, status }) => (
          <i key={id} data-s={CRITERION_LOOKS[status].segment} />
        ))}
      </span>
      {!big && (
        <span className="proof-n" aria-hidden="true">
          {met}/{of}
        </span>
      )}
    </span>
  );
}
