import { defineConfig } from "vitest/config";

/**
 * Which project a test file belongs to: `e2e` is all of `e2e/`, and beside the code what drives real terminals, starts and
 * kills processes of its own, serves, builds or packs the program, or goes through everything there is of a kind. All else
 * is `unit`, the inner loop: about a minute on two cores.
 */
const BESIDE_CODE = ["packages/**/*.test.ts", "apps/**/*.test.ts", "tools/**/*.test.ts"];
const WHOLE_SYSTEMS = [
  // Areas whose very subject this is.
  "apps/server/src/**/*.test.ts",
  "packages/core/src/dispatch/{pass,push}/*.test.ts",
  "packages/core/src/{checks,receipts,startup,terminals,transcripts,workers,worktrees}/**/*.test.ts",
  "packages/host/src/{launchers,runner,tmux}/*.test.ts",
  "tools/build/*.test.ts",
  // Single files of other areas.
  "apps/cli/src/{garbage,process,run}.test.ts",
  "packages/core/src/autonomy/record-wakeup-delivery.test.ts",
  "packages/core/src/{contract/compact,continuations/reviewer,epilogues/epilogues}.test.ts",
  "packages/core/src/dispatch/{completions/fixtures,completions/lost-turns,watch/watch}.test.ts",
  "packages/core/src/observation/{actuation,faults,thread-switch}.test.ts",
  "packages/core/src/sessions/{register,on-change}.test.ts",
  "packages/core/src/shared/{hostile-names,identity}.test.ts",
  "packages/core/src/system/{db-doctor,reconcile}.test.ts",
  "packages/core/src/tasks/{finish,stop}.test.ts",
  "packages/core/src/testing/second-kind/second-kind.test.ts",
  "packages/store/src/schema/migrate.test.ts",
  "tools/dev/dev.test.ts",
];

export default defineConfig({
  test: {
    pool: "forks",
    globalSetup: "./tools/test/state-folder.ts",
    // By default one core stays free; here most tests wait for processes, terminals and files.
    maxWorkers: "100%",
    env: { CONVEYOR_CHECK_ANSWERS: "1" },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A condition that is polled for is waited for as long as a busy machine needs; the default is one second.
    expect: { poll: { timeout: 15_000 } },
    projects: [
      {
        extends: true,
        test: { name: "unit", include: BESIDE_CODE, exclude: ["**/node_modules/**", ...WHOLE_SYSTEMS] },
      },
      { extends: true, test: { name: "e2e", include: ["e2e/**/*.test.ts", ...WHOLE_SYSTEMS] } },
    ],
  },
});
