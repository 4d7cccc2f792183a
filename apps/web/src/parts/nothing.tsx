import { type ReactNode, useEffect, useState } from "react";
import { CommandLine } from "./command-line.tsx";
import { Glyph } from "./glyph.tsx";

/** Nothing there, and what to type to change that. */
export function Nothing({ children, commands = [] }: { children: ReactNode; commands?: readonly string[] }) {
  return (
    <div className="empty">
      <p>{children}</p>
      {commands.map((command) => (
        <CommandLine key={command} command={command} />
      ))}
    </div>
  );
}

/** So long nothing is said of a wait, in milliseconds. */
const PATIENCE_MS = 200;

/** Where rows will be as soon as they have come. */
export function Loading({ rows = 4 }: { rows?: number }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="sk-rows" aria-busy="true">
      <span className="vh">Loading</span>
      {/* biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike */}
      {late && Array.from({ length: rows }, (_, i) => <span key={i} className="sk" />)}
    </div>
  );
}

/** A part that could not be had: what the server said, and another try. The rest of the page goes on. */
export function PartFailed({ problem, code, onAgain }: { problem: string; code: string | null; onAgain(): void }) {
  return (
    <div className="note" data-tone="bad" role="alert">
      <Glyph name="refused" tone="bad" />
      <p>
        {problem} {code !== null && <code>{code}</code>}
      </p>
      <span className="end">
        <button type="button" className="btn small" onClick={onAgain}>
          Try again
        </button>
      </span>
    </div>
  );
}
