import { useEffect, useRef } from "react";
import { capital, sentence, spaced } from "../lib/words.ts";
import type { ReplayEntry } from "../live/operations.ts";
import { Glyph } from "../parts/glyph.tsx";
import { markOf } from "./marks.ts";

/** How an address names an entry. */
export const nameOfEntry = ({ source, source_id }: ReplayEntry) => `${source}/${source_id}`;

interface ReplayListProps {
  entries: readonly ReplayEntry[];
  /** The entry that the address names. */
  at: string | undefined;
  onAt(name: string): void;
}

/** What happened, the newest first, a heading for each day; every row has an address of its own. */
export function ReplayList({ entries, at, onAt }: ReplayListProps) {
  const marked = useRef<HTMLLIElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the entry named is the cue
  useEffect(() => marked.current?.scrollIntoView({ block: "center" }), [at, entries.length === 0]);
  const days = new Map<string, ReplayEntry[]>();
  for (const entry of entries.toReversed()) {
    const day = new Date(entry.timestamp).toLocaleDateString([], { dateStyle: "full" });
    const rows = days.get(day);
    if (rows === undefined) days.set(day, [entry]);
    else rows.push(entry);
  }
  return [...days].map(([day, rows]) => (
    <section key={day} aria-label={day}>
      <h3 className="tl-day">{day}</h3>
      <ol className="tl">
        {rows.map((entry, i) => {
          const name = nameOfEntry(entry);
          const { glyph, tone } = markOf(entry.kind);
          const date = new Date(entry.timestamp);
          const isMarked = name === at;
          return (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: several entries may come from one record
              key={`${name} ${i}`}
              ref={isMarked ? marked : undefined}
              className="tl-r"
              aria-current={isMarked || undefined}
            >
              <time dateTime={entry.timestamp} title={date.toLocaleString()}>
                {date.toLocaleTimeString()}
              </time>
              <div className="tl-b">
                <span className="tl-who cut">{entry.actor}</span>
                <span className="tl-text">
                  {entry.summary === "" ? sentence(entry.kind) : capital(entry.summary)}{" "}
                  <span className="faint">{spaced(entry.kind)}</span>
                </span>
              </div>
              <Glyph name={glyph} tone={tone} />
              <button type="button" className="lnk" onClick={() => onAt(name)} aria-label={`Link to ${name}`}>
                Link
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  ));
}
