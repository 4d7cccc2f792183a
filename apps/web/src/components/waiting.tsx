/** Stands in for rows that have not arrived yet, at their height. */
export function Waiting() {
  return (
    <div className="waiting" aria-hidden="true">
      <span />
      <span />
    </div>
  );
}
