/** The releases of Codex that everything here is tested against, oldest first (spec 00, ruling 7). */
export const TESTED_CODEX_VERSIONS = ["0.169.0", "0.171.0"] as const;

/** What is known of an installed release. */
export type CodexVersionVerdict = "tested" | "between" | "older" | "newer" | "unknown";

/**
 * Where a release stands beside the tested ones, from what `codex --version` prints. Pure.
 */
export function judgeCodexVersion(printed: string | null): { version: string | null; verdict: CodexVersionVerdict } {
  const version = /(\d+\.\d+\.\d+)/.exec(printed ?? "")?.[1] ?? null;
  if (version === null) return { version, verdict: "unknown" };
  if ((TESTED_CODEX_VERSIONS as readonly string[]).includes(version)) return { version, verdict: "tested" };
  const [oldest, newest] = [TESTED_CODEX_VERSIONS[0], TESTED_CODEX_VERSIONS.at(-1) as string];
  if (compare(version, oldest) < 0) return { version, verdict: "older" };
  return { version, verdict: compare(version, newest) > 0 ? "newer" : "between" };
}

function compare(one: string, other: string): number {
  return one.localeCompare(other, "en", { numeric: true });
}
