import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { consequenceOf, stronger, WATCHED } from "./changes.ts";
import { repository } from "./place.ts";

it.each([
  ["packages/core/src/inbox/release.ts", "restart"],
  ["apps/server/src/server.ts", "restart"],
  ["packages/contracts/src/inbox.ts", "generate"],
  ["prisma/schema/inbox.prisma", "generate"],
  ["prisma/migrations/20260101000000_more/migration.sql", "generate"],
  ["tools/cli/describe.ts", "generate"],
  ["packages/contracts/src/generated/vocabulary.ts", "none"],
  ["packages/store/src/generated/migrations.ts", "none"],
  ["packages/core/src/inbox/inbox.test.ts", "none"],
  ["packages/core/src/testing/world.ts", "none"],
  ["packages/core/node_modules/zod/index.ts", "none"],
  ["packages/core/src/inbox/.release.ts.swp", "none"],
  ["packages/host/fixtures/rollouts/README.md", "none"],
])("a change of %s asks for: %s", (path, consequence) => {
  expect(consequenceOf(path)).toBe(consequence);
});

it("several changes ask for the most that one of them does", () => {
  expect(stronger("none", "restart")).toBe("restart");
  expect(stronger("generate", "restart")).toBe("generate");
});

it("what is watched exists", () => {
  expect(WATCHED.filter((folder) => !existsSync(join(repository, folder)))).toEqual([]);
});
