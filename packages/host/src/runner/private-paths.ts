import { homedir } from "node:os";
import { join } from "node:path";
import type { Env } from "@conveyor/contracts/env";

/** Of what lies in a home, that which is nobody's business but its owner's: credentials, and records of agents. */
const PRIVATE = [
  ...([".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".netrc", ".pypirc", ".git-credentials"] as const),
  ...([".config/gh", ".config/gcloud", ".codex", ".claude", ".claude.json", ".password-store"] as const),
];
/** Variables that name such a folder elsewhere. */
const NAMED = ["CODEX_HOME", "CLAUDE_CONFIG_DIR", "GNUPGHOME"] as const;

/** The paths that a program in the sandbox must find empty, whether they exist or not (spec 09 §9.2). */
export function privatePaths(env: Env): string[] {
  const home = env["HOME"] || homedir();
  const named = NAMED.flatMap((name) => env[name] || []);
  return [...PRIVATE.map((path) => join(home, path)), ...named];
}
