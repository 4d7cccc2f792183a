import { Link } from "@tanstack/react-router";
import { OperationButton } from "../forms/operation-button.tsx";
import { CommandLine } from "../parts/command-line.tsx";

/** Other ways to begin: with agents that run already, with threads of the Codex app, or a part at a time. */
export function ByHand() {
  return (
    <div className="side">
      <section className="panel w-form" aria-labelledby="w-hand">
        <h2 id="w-hand">Agents that already run</h2>
        <p className="soft">Register each, then bind the two to a task under Sessions. Nothing is bound by itself.</p>
        <p className="acts">
          <OperationButton path="sessions.registerWorker" verb="Register a worker…" preset={{ name: "", pid: "" }} />
          <OperationButton path="sessions.registerManager" verb="Register a manager…" preset={{ name: "", pid: "" }} />
          <Link className="btn small quiet" to="/sessions">
            Bind
          </Link>
        </p>
        <CommandLine command="conveyor register-worker --name auth-worker --pid PID" />
      </section>
      <section className="panel w-form" aria-labelledby="w-app">
        <h2 id="w-app">Threads of the Codex app</h2>
        <p className="soft">
          Both threads collect their messages by themselves. The answer holds what to tell the worker, and the prompts
          that keep each awake.
        </p>
        <p className="acts">
          <OperationButton path="bindings.createDisposable" verb="Pair two threads…" stays />
        </p>
      </section>
      <section className="panel w-form" aria-labelledby="w-parts">
        <h2 id="w-parts">A part at a time</h2>
        <p className="acts">
          <OperationButton path="tasks.create" verb="Create a task…" />
          <OperationButton path="startup.startWorker" verb="Start a worker…" />
          <OperationButton path="startup.startManager" verb="Start a manager…" />
        </p>
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
  );
}
