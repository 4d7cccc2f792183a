import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { generate } from "./generate.ts";
import { repositoryRoot } from "./sources.ts";

it("generating leaves everything as it is when no input changed", async () => {
  await generate();
  const written = () => statSync(join(repositoryRoot, "packages/store/src/generated/migrations.ts")).mtimeMs;
  const before = written();
  expect(await generate()).toBe("unchanged");
  expect(written()).toBe(before);
});
