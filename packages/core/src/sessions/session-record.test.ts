import { sessionListItem } from "@conveyor/contracts/sessions/entities";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createWorld, type World } from "../testing/world.ts";
import { list } from "./list.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

it("a listed session has the fields of its contract and no other column of the ledger", async () => {
  await world.pair();
  const listed = await list(world.ctx, { include_legacy: false, name: [], redact_identity_token: false });
  expect(listed).toHaveLength(2);
  for (const session of listed) expect(Object.keys(session).sort()).toEqual(Object.keys(sessionListItem.shape).sort());
});
