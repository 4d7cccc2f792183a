import { expect, it } from "vitest";
import { Lanes } from "./lanes.ts";

it("runs what has the same name in turn, other names meanwhile, and goes on after a failure", async () => {
  const lanes = new Lanes();
  const seen: string[] = [];
  let release = () => {};
  const blocked = new Promise<void>((resolve) => {
    release = resolve;
  });
  const first = lanes.run("a", async () => {
    await blocked;
    seen.push("a1");
    throw new Error("a1 failed");
  });
  const second = lanes.run("a", async () => seen.push("a2"));
  await lanes.run("b", async () => seen.push("b"));
  release();
  await expect(first).rejects.toThrow("a1 failed");
  await second;
  expect(seen).toEqual(["b", "a1", "a2"]);
});
