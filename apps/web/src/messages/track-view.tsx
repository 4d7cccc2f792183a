import { useClock } from "../lib/clock.ts";
import type { Chain } from "../live/operations.ts";
import { AgeClock } from "../parts/age.tsx";
import { Glyph } from "../parts/glyph.tsx";
import { isDeliveredItem, STAGE_WORDS, type Track, trackOf } from "./track.ts";

/** The track of a chain, as it is now. */
function useTrack(chain: Chain): Track {
  // What is overdue becomes so by time alone; the minute is fine enough.
  const now_ms = useClock((time) => Math.floor(time / 15_000) * 15_000);
  return trackOf(chain, now_ms);
}

const lastOf = ({ stages }: Track) => stages.findLastIndex((time) => time !== null);

/** How far a message has come, in four dots and a word. */
export function TrackDots({ chain }: { chain: Chain }) {
  const track = useTrack(chain);
  const last = lastOf(track);
  return (
    <span className="track" data-end={track.end ?? undefined}>
      {track.end === "held" && <Glyph name="held" tone="warn" />}
      {track.end !== "held" && isDeliveredItem(chain) && (
        <span className="track-dots" aria-hidden="true">
          {track.stages.map((time, i) => (
            <i key={STAGE_WORDS[i]} data-on={time !== null || undefined} data-last={i === last || undefined} />
          ))}
        </span>
      )}
      <span className="track-word">{track.word}</span>
    </span>
  );
}

/** The same with the time of each stage. */
export function TrackSteps({ chain }: { chain: Chain }) {
  const track = useTrack(chain);
  const last = lastOf(track);
  return (
    <>
      <ol className="track-steps" aria-label="How far it has come">
        {track.stages.map((time, i) => (
          <li
            key={STAGE_WORDS[i]}
            data-on={time !== null || undefined}
            data-slow={(i === last && track.end === "slow") || undefined}
          >
            <b>{STAGE_WORDS[i]}</b>
            {time === null ? <span>not yet</span> : <AgeClock time={time} />}
          </li>
        ))}
      </ol>
      <p className="soft" data-end={track.end ?? undefined}>
        {track.word}
      </p>
    </>
  );
}
