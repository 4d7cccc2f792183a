import type { ErrorComponentProps } from "@tanstack/react-router";

/** Instead of a view that broke, or whose files the server has no more because it is a newer one. The frame stays. */
export function ViewFailed({ error }: ErrorComponentProps) {
  return (
    <div className="alone" role="alert">
      <h1>This view could not be shown</h1>
      <p className="soft">{error instanceof Error ? error.message : "Nobody knows why."}</p>
      <p>
        <button type="button" className="btn primary" onClick={() => location.reload()}>
          Load the page again
        </button>
      </p>
    </div>
  );
}
