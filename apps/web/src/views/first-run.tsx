import { ByHand } from "../start/by-hand.tsx";
import { StartPair } from "../start/start-pair.tsx";

const STEPS = [
  ["Start", "a task, a worker, a manager"],
  ["Instruct", "every message has a receipt"],
  ["Agree", "on what must be true in the end"],
  ["Finish", "a gate refuses what is still open"],
] as const;

/** Instead of Home while there is nobody: how to begin. */
export function FirstRun() {
  return (
    <div className="welcome">
      <div>
        <h1>No agents yet</h1>
        <p className="lead">
          Start a worker that does the job and a manager that checks it. You see what they do, and hear of it when one
          of them stands still.
        </p>
      </div>
      <ol className="belt">
        {STEPS.map(([title, what], i) => (
          <li key={title} data-on={i === 0 || undefined}>
            <b>{title}</b>
            {what}
          </li>
        ))}
      </ol>
      <div className="w-grid">
        <StartPair />
        <ByHand />
      </div>
    </div>
  );
}
