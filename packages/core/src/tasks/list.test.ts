import { afterEach, beforeEach, expect, it } from "vitest";
import { createWorld, type World } from "../testing/world.ts";
import { list as listTasks } from "./list.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

it("lists tasks a page at a time, and nothing twice", async () => {
  for (const name of ["a", "b", "c", "d", "e"]) await world.task({ name });
  const pages: string[][] = [];
  for (let after: string | undefined; ; ) {
    const page = await listTasks(world.ctx, { active: false, limit: 2, after });
    if (page.length === 0) break;
    pages.push(page.map(({ name }) => name));
    after = page.at(-1)?.id;
  }
  expect(pages).toEqual([["a", "b"], ["c", "d"], ["e"]]);
  expect(await listTasks(world.ctx, { active: false })).toHaveLength(5);
  await expect(listTasks(world.ctx, { active: false, after: "nothing" })).rejects.toMatchObject({ code: "not_found" });
});
