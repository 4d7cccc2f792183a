import type { Tone } from "../lib/tone.ts";
import { AgeClock } from "../parts/age.tsx";
import { CommandLine } from "../parts/command-line.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Glyph, type GlyphName } from "../parts/glyph.tsx";
import { Icon } from "../parts/icon.tsx";
import { putAway, type Receipt } from "./receipts.ts";
import { useReceipts } from "./use-act.ts";

const LOOKS: Readonly<Record<Receipt["phase"], { glyph: GlyphName; tone: Tone; word: string }>> = {
  running: { glyph: "running", tone: "busy", word: "Running" },
  done: { glyph: "done", tone: "good", word: "Done" },
  refused: { glyph: "refused", tone: "warn", word: "Refused" },
  failed: { glyph: "failed", tone: "bad", word: "Not known" },
};

/** Notices shown at once; the rest stand under "What you did". */
const SHOWN = 3;

/** What was just done, refused or is running, each with the command line that does the same. */
export function Toasts() {
  const receipts = useReceipts().filter(({ read }) => !read);
  const shown = receipts.slice(0, SHOWN);
  return (
    <section className="toasts" aria-label="Receipts">
      {receipts.length > SHOWN && <p className="toasts-more">{receipts.length - SHOWN} more under What you did</p>}
      <ul aria-live="polite">
        {shown.map((receipt) => (
          <li key={receipt.id} className="toast">
            <Glyph name={LOOKS[receipt.phase].glyph} tone={LOOKS[receipt.phase].tone} />
            <div>
              <b>
                {receipt.phase !== "done" && `${LOOKS[receipt.phase].word}: `}
                {receipt.text}
              </b>
              <Problem receipt={receipt} />
            </div>
            <button
              type="button"
              className="ibtn"
              aria-label={`Put away: ${receipt.text}`}
              onClick={() => putAway(receipt)}
            >
              <Icon name="x" />
            </button>
            <CommandLine command={receipt.command} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Problem({ receipt: { problem, code } }: { receipt: Receipt }) {
  if (problem === null) return null;
  return (
    <p>
      {problem} <code>{code}</code>
    </p>
  );
}

/** The last things that were done in this tab, with what the server answered. */
export function WhatYouDid({ onClose }: { onClose(): void }) {
  const receipts = useReceipts();
  return (
    <Dialog title="What you did" className="did" onClose={onClose}>
      {receipts.length === 0 && (
        <p className="empty">Nothing yet in this tab. The audit of each task knows the rest.</p>
      )}
      <ol className="acts-list">
        {receipts.map((receipt) => (
          <li key={receipt.id} className="ac">
            <Glyph name={LOOKS[receipt.phase].glyph} tone={LOOKS[receipt.phase].tone} />
            <div>
              <p>
                <b>{receipt.text}</b> <span className="soft">{LOOKS[receipt.phase].word.toLowerCase()} at </span>
                <AgeClock time={new Date(receipt.answered_at ?? receipt.asked_at).toISOString()} />
              </p>
              <Problem receipt={receipt} />
              <CommandLine command={receipt.command} />
              {receipt.answer !== null && (
                <details>
                  <summary>Answer as JSON</summary>
                  {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
                  <pre tabIndex={0}>{JSON.stringify(receipt.answer, null, 2)}</pre>
                </details>
              )}
            </div>
          </li>
        ))}
      </ol>
    </Dialog>
  );
}
