import { describe, expect, it } from "vitest";
import { isVariableName, packageManagerVariables, withoutPackageManager } from "./environment.ts";

describe("environment", () => {
  it("drops what a package manager left behind and keeps the rest", () => {
    const env = {
      PATH: "/bin",
      npm_config_x: "1",
      NPM_TOKEN: "2",
      PNPM_SCRIPT_SRC_DIR: "3",
      PNPM_HOME: "/p",
      MY_npm_x: "4",
    };
    expect(withoutPackageManager(env)).toEqual({ PATH: "/bin", PNPM_HOME: "/p", MY_npm_x: "4" });
    expect(packageManagerVariables(Object.keys(env))).toEqual(["npm_config_x", "NPM_TOKEN", "PNPM_SCRIPT_SRC_DIR"]);
  });

  it.each([
    ["PATH", true],
    ["_x1", true],
    ["1x", false],
    ["A=B", false],
    ["", false],
    ["a b", false],
  ])("says whether %j is a variable name", (name, expected) => expect(isVariableName(name)).toBe(expected));
});
