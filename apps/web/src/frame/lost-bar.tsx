import { useEffect, useRef, useState } from "react";
import { useClock } from "../lib/clock.ts";
import { durationText } from "../lib/words.ts";
import { useConnection } from "../live/use-connection.ts";
import { Icon } from "../parts/icon.tsx";

/** From then on a server is not expected to come back by itself, in milliseconds. */
const GONE_MS = 30_000;
/** What starts it again. */
const START = "conveyor serve";

/** So long the page says that the connection is back, in milliseconds. */
const BACK_MS = 4000;

/** Says that the page shows the past and since when; for a moment, that it does not any more. */
export function LostBar() {
  const { phase, since } = useConnection();
  const lost = useRef<number | null>(null);
  const [back, setBack] = useState<number | null>(null);

  useEffect(() => {
    if (phase === "reconnecting") lost.current = since;
    if (phase !== "live" || lost.current === null) return;
    setBack(since - lost.current);
    lost.current = null;
    const timer = setTimeout(() => setBack(null), BACK_MS);
    return () => clearTimeout(timer);
  }, [phase, since]);

  if (phase === "reconnecting") return <Lost since={since} />;
  if (phase !== "live" || back === null) return null;
  return (
    <div className="lostbar" data-back>
      <Icon name="check" />
      <p>
        <b>Back after {durationText(back)}.</b> What happened meanwhile is here; nothing is shown twice.
      </p>
    </div>
  );
}

function Lost({ since }: { since: number }) {
  const ago = useClock((now_ms) => durationText(now_ms - since));
  const isGone = useClock((now_ms) => Number(now_ms - since > GONE_MS)) === 1;
  return (
    <div className="lostbar">
      <Icon name="again" />
      <p>
        <b>{isGone ? `The server is gone for ${ago}.` : `Connection lost ${ago} ago.`}</b> You see{" "}
        {new Date(since).toLocaleTimeString()}. Agents go on working; nothing you sent is lost.
        {isGone && (
          <>
            {" "}
            To start it: <code>{START}</code>
          </>
        )}
      </p>
    </div>
  );
}
