import type { Session } from "../live/operations.ts";
import { LifeDot } from "./life-dot.tsx";

/** A session in a few characters: whether it lives, and its name. */
export function SessionMention({ session }: { session: Session }) {
  return (
    <span className="mention">
      <LifeDot session={session} />
      <span className="role">{session.role}</span> {session.name}
    </span>
  );
}
