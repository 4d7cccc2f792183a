/** What the server says about itself. */
export interface ServerInfo {
  ledger_path: string;
  version: string;
}

/** Ask who serves this page. Never throws. */
export async function fetchServer(): Promise<ServerInfo | "signed_out" | "unreachable"> {
  try {
    const response = await fetch("/api/config", { cache: "no-store" });
    if (response.status === 401) return "signed_out";
    return response.ok ? ((await response.json()) as ServerInfo) : "unreachable";
  } catch {
    return "unreachable";
  }
}
