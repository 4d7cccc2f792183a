import { Nothing } from "../parts/nothing.tsx";

/** Instead of everything for a browser that the server does not know. */
export function SignedOut() {
  return (
    <main className="alone">
      <h1>This browser is not signed in</h1>
      <Nothing commands={["conveyor serve --login"]}>
        Open a login link. To get one, run this where the ledger is. What you were writing is kept.
      </Nothing>
    </main>
  );
}
