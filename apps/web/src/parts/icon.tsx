/** Drawings on a grid of 16 px, as lines in the ink of where they stand (`Icon` says how). */
const ICONS = {
  home: (
    <>
      <path d="M2.5 7.2 8 2.6l5.5 4.6" />
      <path d="M4 6.4v6.9h8V6.4" />
      <path d="M6.7 13.2V9.6h2.6v3.6" />
    </>
  ),
  tasks: (
    <>
      <path d="M2.4 4.2l1 1 1.7-2M2.4 8.6l1 1 1.7-2M2.4 13l1 1 1.7-2" transform="translate(0 -.6)" />
      <path d="M7.6 3.8h6M7.6 8.2h6M7.6 12.6h6" />
    </>
  ),
  sessions: (
    <>
      <rect x="1.8" y="2.8" width="12.4" height="10.4" rx="2" />
      <path d="M4.6 6.2l2 1.8-2 1.8M8.4 10h3" />
    </>
  ),
  messages: (
    <>
      <path d="M2 5.2h9.2" />
      <path d="M8.8 2.8l2.6 2.4-2.6 2.4" />
      <path d="M14 10.8H4.8" />
      <path d="M7.2 8.4l-2.6 2.4 2.6 2.4" />
    </>
  ),
  about: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 7.4v3.4" />
      <circle cx="8" cy="5.2" r=".9" fill="currentColor" stroke="none" />
    </>
  ),
  more: (
    <>
      <g fill="currentColor" stroke="none">
        <circle cx="3.4" cy="8" r="1.3" />
        <circle cx="8" cy="8" r="1.3" />
        <circle cx="12.6" cy="8" r="1.3" />
      </g>
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4.4" />
      <path d="M10.4 10.4l3.2 3.2" />
    </>
  ),
  halfmoon: (
    <>
      <circle cx="8" cy="8" r="5.6" />
      <path d="M8 2.4a5.6 5.6 0 0 1 0 11.2z" fill="currentColor" stroke="none" />
    </>
  ),
  sun: (
    <>
      <circle cx="8" cy="8" r="2.7" />
      <path d="M8 1.6v1.2M8 13.2v1.2M1.6 8h1.2M13.2 8h1.2M3.5 3.5l.8.8M11.7 11.7l.8.8M3.5 12.5l.8-.8M11.7 4.3l.8-.8" />
    </>
  ),
  moon: <path d="M13.2 9.9A5.6 5.6 0 0 1 6.1 2.8a5.6 5.6 0 1 0 7.1 7.1z" />,
  right: <path d="M6 3.6 10.4 8 6 12.4" />,
  down: <path d="M3.6 6 8 10.4 12.4 6" />,
  updown: <path d="M5 6.2 8 3.4l3 2.8M5 9.8l3 2.8 3-2.8" />,
  check: <path d="M3.2 8.6l3 3 6.6-7" />,
  x: <path d="M4 4l8 8M12 4l-8 8" />,
  copy: (
    <>
      <rect x="5.4" y="5.4" width="8" height="8" rx="1.6" />
      <path d="M10.6 5.2V4a1.4 1.4 0 0 0-1.4-1.4H4A1.4 1.4 0 0 0 2.6 4v5.2A1.4 1.4 0 0 0 4 10.6h1.2" />
    </>
  ),
  hand: (
    <path d="M5.2 8.6V4.1a1 1 0 0 1 2 0v3.1V3a1 1 0 0 1 2 0v4.2-3.1a1 1 0 0 1 2 0v5.2c0 2.6-1.4 4.3-3.7 4.3-1.7 0-2.7-.7-3.5-2L2.7 9.5c-.6-1 .6-1.9 1.4-1.1z" />
  ),
  ask: (
    <>
      <path d="M3 2.8h10A1.2 1.2 0 0 1 14.2 4v6.2a1.2 1.2 0 0 1-1.2 1.2H8.2l-3.4 2.5v-2.5H3a1.2 1.2 0 0 1-1.2-1.2V4A1.2 1.2 0 0 1 3 2.8z" />
      <path d="M6.5 5.8a1.6 1.6 0 1 1 2.3 1.4c-.5.3-.8.5-.8 1" />
      <circle cx="8" cy="9.6" r=".8" fill="currentColor" stroke="none" />
    </>
  ),
  gate: (
    <>
      <path d="M2.6 13.4V4.6M13.4 13.4V4.6" />
      <path d="M2.6 6.2h10.8v3H2.6z" />
      <path d="M6 6.4 4.4 9M9.4 6.4 7.8 9M12.6 6.6 11.2 9" />
    </>
  ),
  plug: (
    <>
      <rect x="1.8" y="2.8" width="12.4" height="10.4" rx="2" />
      <path d="M6.1 6.1l3.8 3.8M9.9 6.1 6.1 9.9" />
    </>
  ),
  clock: (
    <>
      <circle cx="8" cy="8" r="5.8" />
      <path d="M8 4.8V8l2.2 1.4" />
    </>
  ),
  gauge: (
    <>
      <path d="M2.8 12.2a6.2 6.2 0 1 1 10.4 0" />
      <path d="M8 9.2l2.8-3" />
      <circle cx="8" cy="9.4" r="1.1" fill="currentColor" stroke="none" />
    </>
  ),
  send: <path d="M2.4 8 13.4 2.8 10.4 13.2 7.6 9.2zM7.6 9.2l5.8-6.4" />,
  link: (
    <>
      <path d="M6.8 9.2a2.5 2.5 0 0 0 3.6 0l2.2-2.2a2.5 2.5 0 0 0-3.6-3.6l-.8.8" />
      <path d="M9.2 6.8a2.5 2.5 0 0 0-3.6 0L3.4 9A2.5 2.5 0 0 0 7 12.6l.8-.8" />
    </>
  ),
  lock: (
    <>
      <rect x="3.4" y="7" width="9.2" height="6.6" rx="1.6" />
      <path d="M5.4 7V5.2a2.6 2.6 0 0 1 5.2 0V7" />
    </>
  ),
  arrow: <path d="M2.8 8h10M9 4.2 12.8 8 9 11.8" />,
  person: (
    <>
      <circle cx="8" cy="5.2" r="2.6" />
      <path d="M2.8 13.6c.6-2.9 2.6-4.2 5.2-4.2s4.6 1.3 5.2 4.2" />
    </>
  ),
  warn: (
    <>
      <path d="M8 2.4 14.4 13.4H1.6z" />
      <path d="M8 6.6v3.2" />
      <circle cx="8" cy="11.5" r=".8" fill="currentColor" stroke="none" />
    </>
  ),
  folder: <path d="M2 12V4.4a1 1 0 0 1 1-1h3l1.6 1.8H13a1 1 0 0 1 1 1V12a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1z" />,
  key: (
    <>
      <circle cx="5" cy="10.6" r="2.8" />
      <path d="M7 8.6l6-6M10.6 5l2 2" />
    </>
  ),
  doc: (
    <>
      <path d="M4 2h5.2L12.4 5.2V14H4z" />
      <path d="M9 2.2v3.2h3.2" />
    </>
  ),
  again: (
    <>
      <path d="M13.2 8a5.2 5.2 0 1 1-1.6-3.7" />
      <path d="M11.9 1.8v2.7H9.2" />
    </>
  ),
  branch: (
    <>
      <circle cx="4.4" cy="3.6" r="1.6" />
      <circle cx="4.4" cy="12.4" r="1.6" />
      <circle cx="11.6" cy="5.2" r="1.6" />
      <path d="M4.4 5.2v5.6M11.6 6.8c0 2.6-5 1.8-7 3.6" />
    </>
  ),
  terminal: (
    <>
      <rect x="1.8" y="2.8" width="12.4" height="10.4" rx="2" />
      <path d="M4.6 6.2l2 1.8-2 1.8M8.4 10h3" />
    </>
  ),
  "eye-off": (
    <>
      <path d="M3.3 5.2C2.2 6.4 1.6 8 1.6 8S4 12.4 8 12.4c.9 0 1.7-.2 2.4-.5M6.3 3.9A6 6 0 0 1 8 3.6c4 0 6.4 4.4 6.4 4.4s-.6 1.2-1.8 2.4" />
      <path d="M2.6 2.6l10.8 10.8" />
    </>
  ),
  eye: (
    <>
      <path d="M1.6 8S4 3.6 8 3.6 14.4 8 14.4 8 12 12.4 8 12.4 1.6 8 1.6 8z" />
      <circle cx="8" cy="8" r="1.9" />
    </>
  ),
  campaigns: (
    <>
      <path d="M2.4 6.6v2.8l2 .2 6.8 3V3.4l-6.8 3z" />
      <path d="M4.6 9.8l.8 3.4h1.8l-.7-2.6" />
      <path d="M13.4 6.4c.6.9.6 2.3 0 3.2" />
    </>
  ),
  replay: (
    <>
      <path d="M2.2 8a5.8 5.8 0 1 0 1.9-4.3" />
      <path d="M2 2.4v2.9h2.9" />
      <path d="M8 5.2V8l2 1.4" />
    </>
  ),
  plus: (
    <>
      <path d="M8 3.2v9.6M3.2 8h9.6" />
    </>
  ),
  play: (
    <>
      <path d="M5 3.4v9.2l7.4-4.6z" fill="currentColor" stroke="currentColor" strokeWidth="1" />
    </>
  ),
  expand: (
    <>
      <path d="M9.6 2.8h3.6v3.6M6.4 13.2H2.8V9.6M13 3 9.4 6.6M3 13l3.6-3.6" />
    </>
  ),
  stack: (
    <>
      <rect x="2" y="2.8" width="12" height="10.4" rx="1.8" />
      <path d="M2 8.6h12" />
    </>
  ),
  split: (
    <>
      <rect x="2" y="2.8" width="12" height="10.4" rx="1.8" />
      <path d="M8 2.8v10.4" />
    </>
  ),
  left: (
    <>
      <path d="M10 3.6 5.6 8l4.4 4.4" />
    </>
  ),
  undo: (
    <>
      <path d="M5.4 3 2.6 5.8l2.8 2.8" />
      <path d="M2.8 5.8h6.4a4 4 0 0 1 0 8H6" />
    </>
  ),
  pause: (
    <>
      <path strokeWidth="2" d="M5.6 4v8M10.4 4v8" />
    </>
  ),
  filter: (
    <>
      <path d="M2.4 4h11.2M4.4 8h7.2M6.6 12h2.8" />
    </>
  ),
  bell: (
    <>
      <path d="M4 11V7.2a4 4 0 0 1 8 0V11l1.2 1.4H2.8z" />
      <path d="M6.8 14h2.4" />
    </>
  ),
  shield: (
    <>
      <path d="M8 1.9l5 1.8v4c0 3.2-2.2 5.3-5 6.4-2.8-1.1-5-3.2-5-6.4v-4z" />
    </>
  ),
} as const;

export type IconName = keyof typeof ICONS;

/** A drawing beside a word that says the same; nobody has to see it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg
      className="i"
      viewBox="0 0 16 16"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {ICONS[name]}
    </svg>
  );
}

/** The mark of Conveyor. */
export function Mark() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <g fill="none" stroke="currentColor" strokeWidth="2.6" strokeLinecap="round" strokeLinejoin="round">
        <rect x="3" y="19" width="26" height="9" rx="4.5" />
        <path d="M9 23.5h0M16 23.5h0M23 23.5h0" />
        <rect x="10.5" y="5" width="11" height="10" rx="2" />
      </g>
    </svg>
  );
}
