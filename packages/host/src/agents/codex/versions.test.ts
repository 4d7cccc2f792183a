import { expect, it } from "vitest";
import { judgeCodexVersion, TESTED_CODEX_VERSIONS } from "./versions.ts";

it.each([
  ["codex-cli 0.169.0", "tested"],
  [`codex-cli ${TESTED_CODEX_VERSIONS.at(-1)}\n`, "tested"],
  ["codex-cli 0.170.3", "between"],
  ["codex-cli 0.99.0", "older"],
  ["codex-cli 0.171.1", "newer"],
  ["codex-cli 0.1000.0-alpha.2", "newer"],
  ["codex-cli 1.0.0", "newer"],
  ["nightly", "unknown"],
  [null, "unknown"],
] as const)("judges %j as %s", (printed, verdict) => {
  expect(judgeCodexVersion(printed).verdict).toBe(verdict);
});
