import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { root } from "../build/build.ts";
import { isLater, release } from "./version.ts";

const CHANGELOG =
  "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n\n## [0.1.0] - 2026-01-01\n\n- The first.\n";

describe("a release", () => {
  let folder: string;
  const read = (file: string) => readFileSync(join(folder, file), "utf8");

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "release-"));
    mkdirSync(join(folder, "packages/contracts/src"), { recursive: true });
    writeFileSync(join(folder, "package.json"), '{\n  "version": "0.1.0",\n  "private": true\n}\n');
    writeFileSync(join(folder, "packages/contracts/src/version.ts"), 'export const VERSION = "0.1.0";\n');
    writeFileSync(join(folder, "CHANGELOG.md"), CHANGELOG);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is written where the version stands, and dates what the changelog lists", () => {
    release(folder, "0.2.0", "2026-02-03");
    expect(JSON.parse(read("package.json"))).toEqual({ version: "0.2.0", private: true });
    expect(read("packages/contracts/src/version.ts")).toBe('export const VERSION = "0.2.0";\n');
    expect(read("CHANGELOG.md")).toContain("## [Unreleased]\n\n## [0.2.0] - 2026-02-03\n\n### Added\n\n- A thing.\n");
    expect(() => release(folder, "0.3.0", "2026-02-04")).toThrow("nothing is unreleased");
  });

  it.each(["0.1.0", "0.0.9", "1", "v1.0.0", "1.0.0-beta", ""])("writes nothing for %j", (version) => {
    expect(() => release(folder, version, "2026-02-03")).toThrow("is no version after 0.1.0");
    expect(read("CHANGELOG.md")).toBe(CHANGELOG);
  });

  it("writes nothing when a place says another version", () => {
    writeFileSync(join(folder, "packages/contracts/src/version.ts"), 'export const VERSION = "0.0.1";\n');
    expect(() => release(folder, "0.2.0", "2026-02-03")).toThrow("packages/contracts/src/version.ts does not say");
    expect(JSON.parse(read("package.json"))).toMatchObject({ version: "0.1.0" });
  });

  it.each([
    ["0.2.0", "0.1.9", true],
    ["0.10.0", "0.9.0", true],
    ["1.0.0", "0.99.99", true],
    ["0.1.9", "0.2.0", false],
  ])("%s is later than %s: %s", (wanted, current, later) => expect(isLater(wanted, current)).toBe(later));

  it("finds the version of this repository in all its places", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    expect(readFileSync(join(root, "packages/contracts/src/version.ts"), "utf8")).toContain(`VERSION = "${version}"`);
  });
});
