import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/**/*.test.ts", "apps/**/*.test.ts", "tools/**/*.test.ts", "e2e/**/*.test.ts"],
    pool: "forks",
    globalSetup: "./tools/test/state-folder.ts",
    // By default one core stays free; here most tests wait for processes, terminals and files.
    maxWorkers: "100%",
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
