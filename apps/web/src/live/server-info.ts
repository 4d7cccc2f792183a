import { readSession, sessionHeaders } from "./session.ts";

/** What the server says about itself. */
export interface ServerInfo {
  ledger_path: string;
  version: string;
  /** Whether it carries messages itself. */
  dispatch: boolean;
}

/** Ask who serves this page. Never throws. */
export async function fetchServer(): Promise<ServerInfo | "signed_out" | "unreachable"> {
  const session = readSession();
  if (session === null) return "signed_out";
  try {
    const response = await fetch(`${session.base}/api/config`, { cache: "no-store", headers: sessionHeaders(session) });
    if (response.status === 401) return "signed_out";
    return response.ok ? ((await response.json()) as ServerInfo) : "unreachable";
  } catch {
    return "unreachable";
  }
}
