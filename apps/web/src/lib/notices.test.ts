import { expect, it } from "vitest";
import type { Need } from "../queue/needs.ts";
import { untold } from "./notices.ts";

const need = (key: string, now = true) => ({ key, now }) as Need;
const keys = (needs: readonly Need[]) => needs.map(({ key }) => key);

it("tells of an agent that stands still once, and again when it had gone on meanwhile", () => {
  const known = new Set<string>();
  expect(keys(untold([need("a"), need("b", false)], known))).toEqual(["a"]);
  expect(keys(untold([need("a"), need("c")], known))).toEqual(["c"]);
  expect(keys(untold([need("c")], known))).toEqual([]);
  expect(keys(untold([need("a"), need("c")], known))).toEqual(["a"]);
});
