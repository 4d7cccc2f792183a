/** What signing in left with this page: the path to call under, and the proof that goes with every call. */
export interface SignIn {
  base: string;
  proof: string;
}

/** Where the login page leaves it; only pages of this very address can read it, whatever else runs on this machine. */
const KEY = "conveyor";

/** The session of this browser with this server, or null when there is none. Whether the server still knows it, it says itself. */
export function readSession(): SignIn | null {
  try {
    const { base, proof } = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<SignIn>;
    return typeof base === "string" && typeof proof === "string" ? { base, proof } : null;
  } catch {
    return null;
  }
}

/** Call `then` whenever another tab signs in. */
export function onSignedInElsewhere(then: () => void): void {
  addEventListener("storage", ({ key }) => {
    if (key === KEY) then();
  });
}

/** The headers that a call of this session carries. */
export function sessionHeaders({ proof }: SignIn): Record<string, string> {
  return { "conveyor-proof": proof };
}

/** A WebSocket that carries the proof where a page may put it, among the subprotocols. */
export function sessionSocket({ proof }: SignIn): typeof WebSocket {
  return class extends WebSocket {
    constructor(url: string | URL) {
      super(url, ["conveyor", `conveyor.proof.${proof}`]);
    }
  };
}
