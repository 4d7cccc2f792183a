import { useClock } from "../lib/clock.ts";
import { durationText } from "../lib/words.ts";

interface AgeProps {
  /** When it was; null when nobody knows. */
  time: string | null;
  /** What was then, for whoever hovers: `last sign of life`. */
  of: string;
  /** Said before the age: `waits`. */
  word?: string;
  /** Said after the age: `ago`. */
  after?: string;
}

/** How long something is ago, ticking; the exact time on hover. */
export function Age({ time, of, word, after }: AgeProps) {
  const time_ms = time === null ? Number.NaN : Date.parse(time);
  const text = useClock((now_ms) => durationText(now_ms - time_ms));
  if (time === null) return null;
  return (
    <>
      {word !== undefined && `${word} `}
      <time dateTime={time} title={`${of} ${new Date(time_ms).toLocaleString()}`}>
        {text}
      </time>
      {after !== undefined && ` ${after}`}
    </>
  );
}

/** The time of day, and the day when it was another one. */
export function AgeClock({ time }: { time: string }) {
  const date = new Date(time);
  const isToday = date.toDateString() === new Date().toDateString();
  return (
    <time dateTime={time} title={date.toLocaleString()}>
      {isToday ? date.toLocaleTimeString() : date.toLocaleString([], { dateStyle: "short", timeStyle: "short" })}
    </time>
  );
}
