import type { SessionListItem } from "../live/operations.ts";

type Life = "alive" | "ended" | "unknown" | "gone";

const WORDS: Record<Life, string> = {
  alive: "alive",
  ended: "not running",
  unknown: "no sign of life to go by",
  gone: "gone",
};

/** Whether a session lives, as far as anybody can tell. */
export function lifeOf({ state, alive }: SessionListItem): Life {
  if (state === "gone") return "gone";
  if (alive === null) return "unknown";
  return alive ? "alive" : "ended";
}

export function lifeText(session: SessionListItem): string {
  const life = lifeOf(session);
  // Of an agent that only polls nobody knows whether it runs, only that it has not asked for a while.
  return life === "ended" && session.liveness === "heartbeat" ? "silent" : WORDS[life];
}

/** A dot for whether a session lives; its form differs with its colour. */
export function LifeDot({ session }: { session: SessionListItem }) {
  return (
    <span
      className="life"
      data-life={lifeOf(session)}
      role="img"
      aria-label={lifeText(session)}
      title={lifeText(session)}
    />
  );
}
