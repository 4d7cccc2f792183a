import { existsSync } from "node:fs";
import { basename } from "node:path";
import { expect, it } from "vitest";
import { ownProgram } from "./own-program.ts";

it("the program of this installation is a file that this node runs", () => {
  const [node, program = ""] = ownProgram();
  expect(node).toBe(process.execPath);
  expect([basename(program), existsSync(program)]).toEqual(["conveyor", true]);
});
