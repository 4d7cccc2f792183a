import { useConnection } from "../live/use-connection.ts";
import { AppHeader } from "./app-header.tsx";
import { Cockpit } from "./cockpit.tsx";
import { LostBanner } from "./lost-banner.tsx";
import { SignedOut } from "./signed-out.tsx";

/** The page. */
export function App() {
  const connection = useConnection();
  const { phase, since, server } = connection;
  return (
    <>
      <AppHeader {...connection} />
      {phase === "reconnecting" && <LostBanner since={since} />}
      {phase === "signed_out" ? <SignedOut /> : server !== null && <Cockpit />}
    </>
  );
}
