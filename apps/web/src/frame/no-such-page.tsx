import { Link } from "@tanstack/react-router";
import { useTitle } from "../lib/use-title.ts";

/** An address that leads nowhere. */
export function NoSuchPage() {
  useTitle("No such page");
  return (
    <div className="alone">
      <h1>There is no page at this address</h1>
      <p>
        <Link className="lnk" to="/">
          Go home
        </Link>
      </p>
    </div>
  );
}
