import { useClock } from "../lib/clock.ts";
import { durationText } from "../lib/words.ts";

/** Says that the page shows the past, and since when. */
export function LostBanner({ since }: { since: number }) {
  const ago = useClock((now_ms) => durationText(now_ms - since));
  return (
    <p className="banner">The server does not answer; what you see is {ago} old. The page reconnects automatically.</p>
  );
}
