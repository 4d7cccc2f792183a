import { Empty } from "./empty.tsx";

/** Instead of everything for a browser that the server does not know. */
export function SignedOut() {
  return (
    <main className="alone">
      <h2>This browser is not signed in</h2>
      <Empty
        says="Open a login link. To get one, run this where the ledger is:"
        commands={["conveyor serve --login"]}
      />
    </main>
  );
}
