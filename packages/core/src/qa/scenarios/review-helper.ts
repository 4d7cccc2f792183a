import { existsSync } from "node:fs";
import { join } from "node:path";
import { exec } from "@conveyor/host";
import { packageInfo } from "../../system/package-info.ts";
import { skillFolders } from "../../system/plugin-status.ts";
import { CheckFailed } from "../stage/checks.ts";
import type { Stage } from "../stage/stage.ts";

const GUARD = "nested codex-review invocation blocked";
const LIMIT_MS = 10_000;

/**
 * The helper of the skill for reviews, as it lies in this installation: it is there, a shell can parse it, and it refuses
 * to run inside of a review. Throws `CheckFailed` where one of these does not hold.
 */
export async function readReviewHelper(stage: Stage): Promise<Record<string, unknown>> {
  const places = skillFolders(packageInfo().root).map((folder) => join(folder, "codex-review/scripts/codex-review"));
  const path = places.find((place) => existsSync(place));
  if (path === undefined) throw missing("the helper is part of the installation", places);
  const options = { time_limit_ms: LIMIT_MS, signal: stage.ctx.signal };
  const parsed = await exec(["bash", "-n", path], options);
  if (parsed.exit_code !== 0) throw missing("bash -n accepts the helper", parsed.stderr);
  const env = { ...stage.ctx.host.env, CODEX_REVIEW_HELPER_LEVEL: "1", CODEX_REVIEW_ALLOW_NESTED: "" };
  const nested = await exec(["bash", path, "--dry-run"], { ...options, env });
  if (!nested.stderr.includes(GUARD)) throw missing("a review inside of a review is blocked", nested.stderr);
  return {
    codex_review_helper: path,
    recursion_guard_expected: GUARD,
    recursion_guard: { exit_code: nested.exit_code },
    syntax_check: { command: `bash -n ${path}`, returncode: parsed.exit_code },
  };
}

function missing(what: string, actual: unknown): CheckFailed {
  const check = { name: "adversarial_review_gate", status: "failed", invariant: what, expected: true, actual } as const;
  return new CheckFailed(check, { what, expected: true, actual });
}
