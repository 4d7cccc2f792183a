interface ChosenBarProps {
  task: string;
  onClear(): void;
}

/** Says that the page is narrowed to one task, and undoes it. */
export function ChosenBar({ task, onClear }: ChosenBarProps) {
  return (
    <p className="chosen">
      Showing what belongs to <strong>{task}</strong>
      <button type="button" className="quiet" onClick={onClear}>
        Show all <kbd>Esc</kbd>
      </button>
    </p>
  );
}
