import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { pairCommandLine } from "../act/command-line.ts";
import { CommandLine } from "../parts/command-line.tsx";

const STEPS = [
  ["Start", "a task, a worker, a manager"],
  ["Instruct", "every message has a receipt"],
  ["Agree", "on what must be true in the end"],
  ["Finish", "a gate refuses what is still open"],
] as const;

/** Instead of Home while there is nobody: how to begin, with the command to copy. */
export function FirstRun() {
  const [task, setTask] = useState("auth");
  const [goal, setGoal] = useState("Refactor the sign-in code");
  const name = task.trim() === "" ? "auth" : task.trim();
  const aim = goal.trim() === "" ? "Refactor the sign-in code" : goal.trim();
  const command = pairCommandLine(name, aim);

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
        <section className="panel w-form" aria-labelledby="w-start">
          <h2 id="w-start">Start a pair</h2>
          <div className="field">
            <label htmlFor="w-goal">What should be done?</label>
            <textarea id="w-goal" className="in" rows={2} value={goal} onChange={(e) => setGoal(e.target.value)} />
          </div>
          <div className="field">
            <label htmlFor="w-task">Task name</label>
            <input id="w-task" className="in" value={task} onChange={(e) => setTask(e.target.value)} />
            <small>
              Worker {name}-worker, manager {name}-manager
            </small>
          </div>
          <p>Run this in the folder of your project; the task appears here by itself.</p>
          <CommandLine command={command} />
        </section>
        <div className="side">
          <section className="panel w-form" aria-labelledby="w-hand">
            <h2 id="w-hand">Agents that already run</h2>
            <p className="soft">
              Register each with the number of its process, then bind the two to a task under Sessions.
            </p>
            <CommandLine command="conveyor register-worker --name auth-worker --pid PID" />
            <CommandLine command="conveyor register-manager --name auth-manager --pid PID" />
          </section>
          <section className="panel w-form" aria-labelledby="w-machine">
            <h2 id="w-machine">This machine</h2>
            <p className="soft">
              <Link className="lnk" to="/about">
                About
              </Link>{" "}
              says whether everything is there that agents need.
            </p>
          </section>
        </div>
      </div>
    </div>
  );
}
