import type { Stretch } from "./density.ts";

const HIGH = 44;

/** How much happened when, as bars; what went wrong stands out by colour and by a mark at its foot. */
export function DensityChart({ stretches }: { stretches: readonly Stretch[] }) {
  const most = Math.max(1, ...stretches.map(({ count }) => count));
  const total = stretches.reduce((sum, { count }) => sum + count, 0);
  const trouble = stretches.reduce((sum, one) => sum + one.trouble, 0);
  const [first, last] = [stretches[0], stretches.at(-1)];
  if (first === undefined || last === undefined) return null;
  return (
    <figure className="chart">
      <svg
        viewBox={`0 0 ${stretches.length * 6} ${HIGH + 4}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${total} entries over time, ${trouble} of them about something refused or failed`}
      >
        {stretches.map(({ from, to, count, trouble: bad }, i) => {
          const height = count === 0 ? 0 : Math.max(2, (count / most) * HIGH);
          return (
            <g key={from}>
              <title>
                {new Date(from).toLocaleString()} to {new Date(to).toLocaleTimeString()}: {count}
              </title>
              <rect x={i * 6 + 1} y={HIGH - height} width={4} height={height} data-bad={bad > 0 || undefined} />
              {bad > 0 && <rect className="chart-mark" x={i * 6 + 1} y={HIGH + 1} width={4} height={3} />}
            </g>
          );
        })}
      </svg>
      <figcaption>
        <span>{new Date(first.from).toLocaleString([], { dateStyle: "short", timeStyle: "short" })}</span>
        <span>{new Date(last.to).toLocaleString([], { dateStyle: "short", timeStyle: "short" })}</span>
      </figcaption>
    </figure>
  );
}
