import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { serverFiles } from "@conveyor/files";
import { clientOver } from "@conveyor/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { World } from "./testing/world.ts";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.end());

const HAPPENINGS: { what: string; happen: () => void }[] = [
  { what: "deleted", happen: () => rmSync(world.ledger_path) },
  { what: "moved", happen: () => renameSync(world.ledger_path, `${world.ledger_path}.moved`) },
  { what: "replaced by a copy", happen: putCopyInPlace },
  { what: "robbed of its log", happen: () => rmSync(`${world.ledger_path}-wal`) },
  { what: "moved with its folder", happen: () => renameSync(world.state_root, join(world.folder, "away")) },
];

function putCopyInPlace(): void {
  copyFileSync(world.ledger_path, join(world.folder, "copy.db"));
  renameSync(join(world.folder, "copy.db"), world.ledger_path);
}

describe.each(HAPPENINGS)("a server whose ledger is $what", ({ happen }) => {
  it("acknowledges nothing more, says so, and ends by itself", async () => {
    const server = await world.server();
    const socket = clientOver(await world.transport());
    await socket.tasks.create({ name: "before", goal: "g" });
    happen();
    await expect(socket.tasks.create({ name: "after", goal: "g" })).rejects.toMatchObject({ code: "ledger_replaced" });
    await expect(server.closed).rejects.toMatchObject({ code: "ledger_replaced" });
    expect(world.logged.join("\n")).toContain("ledger_lost");
    expect(existsSync(serverFiles(world.ledger_path).discovery)).toBe(false);
  });

  it("ends although nobody calls it", async () => {
    const server = await world.server();
    happen();
    await expect(server.closed).rejects.toMatchObject({ code: "ledger_replaced" });
  });

  it("is not ready", async () => {
    const server = await world.server();
    happen();
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
    await expect(server.closed).rejects.toThrow();
  });
});

it("a ledger that is restored under a server is what everybody sees afterwards", async () => {
  const backup = join(world.folder, "backup.db");
  const first = await world.server();
  await clientOver(await world.transport()).tasks.create({ name: "kept", goal: "g" });
  await first.close();
  copyFileSync(world.ledger_path, backup);

  const second = await world.server();
  await clientOver(await world.transport()).tasks.create({ name: "after the backup", goal: "g" });
  renameSync(backup, world.ledger_path);
  await expect(second.closed).rejects.toMatchObject({ code: "ledger_replaced" });

  const names = async () => (await clientOver(await world.transport()).tasks.list({})).map(({ name }) => name);
  expect(await names()).toEqual(["kept"]);
  await world.server();
  expect(await names()).toEqual(["kept"]);
});

it("a caller without a server goes on with the ledger that stands there now", async () => {
  const embedded = clientOver(await world.transport());
  await embedded.tasks.create({ name: "in the old one", goal: "g" });
  renameSync(world.state_root, join(world.folder, "away"));
  mkdirSync(world.state_root, { mode: 0o700 });
  await embedded.tasks.create({ name: "in the new one", goal: "g" });
  expect((await embedded.tasks.list({})).map(({ name }) => name)).toEqual(["in the new one"]);
});
