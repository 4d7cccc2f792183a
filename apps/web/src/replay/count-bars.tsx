import { spaced } from "../lib/words.ts";

const SHOWN = 10;

/** Counts by name as bars, the largest first, each with its number. */
export function CountBars({ title, counts }: { title: string; counts: Readonly<Record<string, number>> }) {
  const rows = Object.entries(counts).toSorted(([, a], [, b]) => b - a);
  const most = Math.max(1, ...rows.map(([, count]) => count));
  return (
    <section aria-label={title}>
      <h3 className="lab">{title}</h3>
      <ul className="bars">
        {rows.slice(0, SHOWN).map(([name, count]) => (
          <li key={name}>
            <span className="cut">{spaced(name)}</span>
            <meter min={0} max={most} value={count} aria-label={`${spaced(name)}: ${count}`} />
            <b>{count}</b>
          </li>
        ))}
      </ul>
      {rows.length > SHOWN && <p className="faint">and {rows.length - SHOWN} more</p>}
    </section>
  );
}
