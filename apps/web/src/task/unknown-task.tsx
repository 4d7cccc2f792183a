import { nearest } from "@conveyor/contracts/nearest";
import { Link } from "@tanstack/react-router";
import { useFleet } from "../live/fleet.tsx";

/** A name that no task has: what the server said, names that are near, and the way home. */
export function UnknownTask({ name, problem }: { name: string; problem: string }) {
  const { tasks } = useFleet();
  const near = nearest(
    name,
    tasks.map((task) => task.name),
  );
  return (
    <div className="alone">
      <h1>There is no task “{name}”</h1>
      <p className="soft">{problem}</p>
      {near !== undefined && (
        <p>
          Did you mean{" "}
          <Link className="lnk" to="/tasks/$name" params={{ name: near }}>
            {near}
          </Link>
          ?
        </p>
      )}
      <p>
        <Link className="lnk" to="/tasks">
          All tasks
        </Link>
        {" · "}
        <Link className="lnk" to="/">
          Home
        </Link>
      </p>
    </div>
  );
}
