import { useTitle } from "../lib/use-title.ts";
import { ByHand } from "../start/by-hand.tsx";
import { StartPair } from "../start/start-pair.tsx";

/** Start a task with its agents. */
export function Start() {
  useTitle("Start");
  return (
    <div className="view">
      <div className="sec-head">
        <h1>Start</h1>
        <p>a worker that does the job, and a manager that checks it</p>
      </div>
      <div className="w-grid">
        <StartPair />
        <ByHand />
      </div>
    </div>
  );
}
