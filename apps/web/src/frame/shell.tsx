import { Outlet } from "@tanstack/react-router";
import { FleetProvider } from "../live/fleet.tsx";
import { useConnection } from "../live/use-connection.ts";
import { Loading } from "../parts/nothing.tsx";
import { Frame } from "./frame.tsx";
import { SignedOut } from "./signed-out.tsx";

/** The page around every view. */
export function Shell() {
  const { phase, server } = useConnection();
  if (phase === "signed_out") return <SignedOut />;
  if (server === null) {
    return (
      <main className="alone">
        <h1>Conveyor</h1>
        <p className="soft" role="status">
          {phase === "reconnecting" ? "The server does not answer. Trying again." : "Connecting"}
        </p>
        <Loading rows={3} />
      </main>
    );
  }
  return (
    <FleetProvider>
      <Frame>
        <Outlet />
      </Frame>
    </FleetProvider>
  );
}
