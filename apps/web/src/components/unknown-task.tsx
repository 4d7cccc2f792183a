interface UnknownTaskProps {
  task: string;
  /** What the server said of it. */
  problem: string;
  onClear(): void;
}

/** Instead of everything about a task that is not there. The list of tasks stays beside it. */
export function UnknownTask({ task, problem, onClear }: UnknownTaskProps) {
  return (
    <section className="panel" data-area="dispatch" aria-label={`Task ${task}`}>
      <div className="empty" role="status">
        <p>{problem}</p>
        <button type="button" className="quiet" onClick={onClear}>
          Show all tasks
        </button>
      </div>
    </section>
  );
}
