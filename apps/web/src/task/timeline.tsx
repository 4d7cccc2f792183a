import { useState } from "react";
import type { Tone } from "../lib/tone.ts";
import { sentence, spaced } from "../lib/words.ts";
import type { ReplayEntry } from "../live/operations.ts";
import { useAnswer } from "../live/use-answer.ts";
import { useHappenings } from "../live/use-happenings.ts";
import { Glyph, type GlyphName } from "../parts/glyph.tsx";
import { Icon } from "../parts/icon.tsx";
import { Loading, Nothing, PartFailed } from "../parts/nothing.tsx";

/** Entries that are asked for; the newest. */
const SHOWN = 300;

/** What happened to a task, the newest first, from audit and events; without any content. */
export function Timeline({ task }: { task: string }) {
  const [words, setWords] = useState("");
  const { answer, problem, code, ask } = useAnswer("audit.replay", { task, limit: SHOWN });
  useHappenings(ask);
  if (problem !== null) return <PartFailed problem={problem} code={code} onAgain={ask} />;
  if (answer === undefined) return <Loading rows={8} />;
  const entries = answer.entries
    .filter(({ summary, actor, kind }) =>
      `${actor} ${spaced(kind)} ${summary}`.toLowerCase().includes(words.toLowerCase()),
    )
    .toReversed();
  const days = new Map<string, ReplayEntry[]>();
  for (const entry of entries) {
    const day = new Date(entry.timestamp).toLocaleDateString([], { dateStyle: "full" });
    days.set(day, [...(days.get(day) ?? []), entry]);
  }

  return (
    <>
      <div className="tl-bar">
        <label className="in-search grow">
          <Icon name="search" />
          <span className="vh">Filter the timeline</span>
          <input
            data-filter
            type="search"
            placeholder="Who, what"
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
        </label>
        <span className="faint">
          {entries.length} of {answer.total_entry_count}
        </span>
      </div>
      {entries.length === 0 && (
        <Nothing>{words === "" ? "Nothing has happened yet." : `Nothing matches “${words}”.`}</Nothing>
      )}
      {[...days].map(([day, rows]) => (
        <section key={day} aria-label={day}>
          <h3 className="tl-day">{day}</h3>
          <ol className="tl">
            {rows.map((entry, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: several entries may come from one record
              <Entry key={`${entry.source} ${entry.source_id} ${i}`} entry={entry} />
            ))}
          </ol>
        </section>
      ))}
    </>
  );
}

function Entry({ entry: { timestamp, actor, kind, summary } }: { entry: ReplayEntry }) {
  const date = new Date(timestamp);
  const { glyph, tone } = glyphOf(kind);
  return (
    <li className="tl-r">
      <time dateTime={timestamp} title={date.toLocaleString()}>
        {date.toLocaleTimeString()}
      </time>
      <div className="tl-b">
        <span className="tl-who cut">{actor}</span>
        <span className="tl-text">
          {summary === "" ? sentence(kind) : sentence(summary)} <span className="faint">{spaced(kind)}</span>
        </span>
      </div>
      <Glyph name={glyph} tone={tone} />
    </li>
  );
}

const MARKS: readonly [RegExp, { glyph: GlyphName; tone: Tone }][] = [
  [/refus|block|held/, { glyph: "held", tone: "warn" }],
  [/fail|error/, { glyph: "failed", tone: "bad" }],
  [/criteri/, { glyph: "claimed", tone: "mute" }],
  [/succeeded|finished|delivered|acknowledg/, { glyph: "done", tone: "good" }],
];

function glyphOf(kind: string): { glyph: GlyphName; tone: Tone } {
  return MARKS.find(([pattern]) => pattern.test(kind))?.[1] ?? { glyph: "dot", tone: "mute" };
}
