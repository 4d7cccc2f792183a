import { useClock } from "../lib/clock.ts";
import { durationText } from "../lib/words.ts";

interface RelativeTimeProps {
  /** What was then: `heard`, `changed`. */
  of: string;
  time: string;
}

/** How long ago something was, ticking; the exact time on hover. */
export function RelativeTime({ of, time }: RelativeTimeProps) {
  const time_ms = Date.parse(time);
  const text = useClock((now_ms) => (now_ms - time_ms < 3000 ? "now" : durationText(now_ms - time_ms)));
  return (
    <time className="time" dateTime={time} title={`${of} ${new Date(time_ms).toLocaleString()}`}>
      <span className="time-of">{of} </span>
      {text}
      {text !== "now" && <span className="unseen"> ago</span>}
    </time>
  );
}
