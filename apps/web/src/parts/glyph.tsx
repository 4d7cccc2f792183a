import type { Tone } from "../lib/tone.ts";

/** One outline of its own for each state, so that colour only helps. */
const GLYPHS = {
  verified: (
    <>
      <circle cx="8" cy="8" r="7" fill="currentColor" />
      <path
        fill="none"
        stroke="var(--hole)"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
        d="M4.9 8.3l2.2 2.2 4.1-4.6"
      />
    </>
  ),
  failed: (
    <>
      <rect x="1.4" y="1.4" width="13.2" height="13.2" rx="3" fill="currentColor" />
      <path
        fill="none"
        stroke="var(--hole)"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
        d="M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2"
      />
    </>
  ),
  claimed: (
    <>
      <path
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        d="M3.2 2.4h9.6A1.4 1.4 0 0 1 14.2 3.8v6a1.4 1.4 0 0 1-1.4 1.4H8.4l-3.6 2.7v-2.7H3.2a1.4 1.4 0 0 1-1.4-1.4v-6a1.4 1.4 0 0 1 1.4-1.4z"
      />
      <path
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        d="M5.2 6.8h5.6"
      />
    </>
  ),
  waived: (
    <>
      <circle
        cx="8"
        cy="8"
        r="6.2"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <path
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        d="M5.1 8h5.8"
      />
    </>
  ),
  unproven: (
    <>
      <circle
        cx="8"
        cy="8"
        r="6.2"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        strokeDasharray="1.2 2.7"
      />
    </>
  ),
  running: (
    <>
      <circle
        cx="8"
        cy="8"
        r="6.2"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        opacity=".28"
      />
      <path
        className="spin"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        d="M14.2 8A6.2 6.2 0 0 0 8 1.8"
      />
      <circle cx="8" cy="8" r="1.9" fill="currentColor" />
    </>
  ),
  working: (
    <>
      <circle cx="8" cy="8" r="3.4" fill="currentColor" />
      <circle
        className="pulse"
        cx="8"
        cy="8"
        r="6.2"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        opacity=".45"
      />
    </>
  ),
  waiting: (
    <>
      <circle cx="8" cy="8" r="7" fill="currentColor" />
      <path
        fill="none"
        stroke="var(--hole)"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
        d="M8 4.4v4.2"
      />
      <circle cx="8" cy="11.4" r="1.05" fill="var(--hole)" />
    </>
  ),
  idle: (
    <>
      <circle
        cx="8"
        cy="8"
        r="4.4"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </>
  ),
  gone: (
    <>
      <rect x="1.4" y="1.4" width="13.2" height="13.2" rx="3" fill="currentColor" />
      <path
        fill="none"
        stroke="var(--hole)"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
        d="M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2"
      />
    </>
  ),
  refused: (
    <>
      <path
        d="M5.2 1.2h5.6l4 4v5.6l-4 4H5.2l-4-4V5.2z"
        fill="currentColor"
        stroke="currentColor"
        strokeLinejoin="round"
      />
      <path
        fill="none"
        stroke="var(--hole)"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
        d="M4.9 8h6.2"
      />
    </>
  ),
  held: (
    <>
      <circle
        cx="8"
        cy="8"
        r="6.2"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <path
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        d="M6.4 5.8v4.4M9.6 5.8v4.4"
      />
    </>
  ),
  lost: (
    <>
      <circle
        cx="8"
        cy="8"
        r="6.2"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        strokeDasharray="3.6 2.9"
      />
      <path
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        d="M6.5 6.5a1.55 1.55 0 1 1 2.3 1.4c-.5.3-.8.6-.8 1.1"
      />
      <circle cx="8" cy="11" r=".9" fill="currentColor" />
    </>
  ),
  dot: (
    <>
      <circle cx="8" cy="8" r="2.6" fill="currentColor" />
    </>
  ),
  done: (
    <>
      <path
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        d="M2.8 8.8l3.2 3.2 7.2-7.8"
      />
    </>
  ),
  stale: (
    <>
      <circle
        cx="8"
        cy="8"
        r="6.2"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <path
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        d="M8 4.7V8l2.3 1.5"
      />
    </>
  ),
  retrying: (
    <>
      <g fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round">
        <path d="M13.4 8A5.4 5.4 0 1 1 11.7 4" />
        <path d="M12 1.4v2.9H9.1" />
      </g>
    </>
  ),
} as const;

export type GlyphName = keyof typeof GLYPHS;

/** The mark of a state; the word beside it says the same. */
export function Glyph({ name, tone }: { name: GlyphName; tone: Tone }) {
  return (
    <svg className="g" viewBox="0 0 16 16" data-tone={tone} data-g={name} aria-hidden="true">
      {GLYPHS[name]}
    </svg>
  );
}
