import { expect } from "vitest";
import { inEveryMode } from "../support/world/in-every-mode.ts";

inEveryMode("a permission that was denied waits for a person, and is granted for one use", async (world) => {
  await world.pair("parser");
  await world.ask<"contract.configure">("manager-config", "parser", "--mode", "strict");
  const denied = await world.cli("manager-permission", "parser", "repo.open_pr", "--require");
  expect(denied.code).toBe(1);
  const { items } = await world.ask<"contract.listOperatorItems">("operator", "list");
  expect(items).toMatchObject([{ kind: "permission", subject: "repo.open_pr", state: "open" }]);
  const item = String(items[0]?.id);
  const approved = await world.ask<"contract.approve">("operator", "approve", item, "--reason", "I saw the branch");
  expect(approved).toMatchObject({ item: { state: "approved" }, grants: [{ action: "repo.open_pr", max_uses: 1 }] });
  const use = ["manager-permission", "parser", "repo.open_pr", "--require", "--use"];
  expect(await world.ask<"contract.checkPermission">(...use)).toMatchObject({ allowed: true });
  expect((await world.cli(...use)).code).toBe(1);
  const [again] = (await world.ask<"contract.listOperatorItems">("operator", "list")).items;
  await world.ask<"contract.decline">("operator", "decline", String(again?.id), "--reason", "once is enough");

  const give = ["manager-grant", "parser", "repo.push_branch", "--reason", "this one", "--branch", "fix/a"];
  const { grant } = await world.ask<"contract.grant">(...give);
  const push = ["manager-permission", "parser", "repo.push_branch", "--branch"];
  expect((await world.ask<"contract.checkPermission">(...push, "fix/a")).allowed).toBe(true);
  expect((await world.ask<"contract.checkPermission">(...push, "main")).allowed).toBe(false);
  await world.ask<"contract.revokeGrant">("manager-grant", "parser", "--revoke", String(grant.id));
  const { grants } = await world.ask<"contract.listGrants">("manager-grant", "parser", "--list");
  expect(grants.map(({ live }) => live)).toEqual([false, false]);
});
