import type { Finding, PreflightLook, PreflightReport } from "../agent.ts";
import { codexOffers } from "./start.ts";
import { judgeCodexVersion, TESTED_CODEX_VERSIONS } from "./versions.ts";

/** What must hold for Codex on this machine, and what had better hold (spec 01 §6.17). Looks, changes nothing. */
export async function codexPreflight({ path, ask }: PreflightLook): Promise<PreflightReport> {
  const installed: Finding = {
    name: "codex",
    ok: path !== null,
    path,
    remedy: "install the Codex CLI (npm install -g @openai/codex) or add its folder to PATH",
  };
  const version = path === null ? null : await ask([path, "--version"]);
  const help = path === null ? null : await ask([path, "--help"]);
  const release = judgeCodexVersion(version);
  const runs: Finding = {
    name: "codex_version",
    ok: version !== null,
    value: version?.trim() ?? null,
    remedy: "codex is there but does not run: try `codex --version` yourself",
  };
  const advice: Finding[] = [
    {
      name: "codex_tested",
      ok: release.verdict === "tested" || release.verdict === "between",
      value: release.version,
      verdict: release.verdict,
      tested: [...TESTED_CODEX_VERSIONS],
      remedy:
        "this release was not tested: if it misbehaves, install a tested one; a newer one may show screens that are not recognised, and text then waits instead of being typed",
    },
    {
      name: "codex_no_daemon_flag",
      ok: help !== null && codexOffers(help, "--no-daemon"),
      remedy:
        "this Codex has no --no-daemon: sessions of one folder share a process, so register them with --codex-session",
    },
  ];
  return { installed, runs: path === null ? null : runs, advice };
}
