import { defineConfig } from "vitest/config";

/**
 * Which project a test file belongs to: `e2e` is all of `e2e/`, and those files beside the code that build or pack the
 * program, start or kill processes of it or of agents again and again, or go through everything there is of a kind. All
 * else is `unit`, the inner loop: under 90 seconds on two cores.
 */
const BESIDE_CODE = ["packages/**/*.test.ts", "apps/**/*.test.ts", "tools/**/*.test.ts"];
const WHOLE_SYSTEMS = [
  "apps/cli/src/garbage.test.ts",
  "apps/cli/src/process.test.ts",
  "apps/cli/src/run.test.ts",
  "apps/server/src/*.test.ts",
  "packages/core/src/dispatch/completions/fixtures.test.ts",
  "packages/core/src/dispatch/pass/{clock,crash,take-over}.test.ts",
  "packages/core/src/dispatch/push/settle-submitted.test.ts",
  "packages/core/src/observation/actuation.test.ts",
  "packages/core/src/startup/**/{pair,startup}.test.ts",
  "packages/core/src/transcripts/transcripts.test.ts",
  "packages/core/src/workers/{commands,create}.test.ts",
  "packages/host/src/tmux/{push,typing-safety}.test.ts",
  "packages/store/src/schema/migrate.test.ts",
  "tools/build/*.test.ts",
  "tools/dev/dev.test.ts",
];

export default defineConfig({
  test: {
    pool: "forks",
    globalSetup: "./tools/test/state-folder.ts",
    // By default one core stays free; here most tests wait for processes, terminals and files.
    maxWorkers: "100%",
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: { name: "unit", include: BESIDE_CODE, exclude: ["**/node_modules/**", ...WHOLE_SYSTEMS] },
      },
      { extends: true, test: { name: "e2e", include: ["e2e/**/*.test.ts", ...WHOLE_SYSTEMS] } },
    ],
  },
});
