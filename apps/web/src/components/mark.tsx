/** The sign of the house: a thing on a belt. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect x="3" y="19" width="26" height="9" rx="4.5" />
      <path d="M9 23.5h0M16 23.5h0M23 23.5h0" />
      <rect x="10" y="5" width="11" height="10" rx="2" className="mark-load" />
    </svg>
  );
}
