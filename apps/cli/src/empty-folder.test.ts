import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allOperations } from "@conveyor/contracts";
import type { ConveyorError } from "@conveyor/contracts/errors";
import { chooseTransport, type Transport } from "@conveyor/sdk/link";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { z } from "zod";
import { makeWorld, type World } from "./testing/run-cli.ts";

let folder: string;
let transport: Transport;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "conveyor-empty-"));
  const path = join(folder, "state", "workerctl.db");
  // Nothing of this machine is found, so that nothing is started either.
  transport = await chooseTransport({ path, env: { HOME: join(folder, "home"), PATH: "/nonexistent" } });
});
afterEach(async () => {
  await transport.close();
  rmSync(folder, { recursive: true, force: true });
});

/** An input that the operation takes, the least that it asks for, made from its schema. */
function leastInput(input: z.ZodObject): Record<string, unknown> {
  const candidates: unknown[] = [
    "x",
    1,
    true,
    {},
    [],
    "worker",
    "planning",
    "ready",
    { x: 1 },
    "2026-01-01T00:00:00.000Z",
    ["x"],
  ];
  const built: Record<string, unknown> = {};
  for (const [field, schema] of Object.entries(input.shape) as [string, z.ZodType][]) {
    if (schema.safeParse(undefined).success) continue;
    const options = (schema as { options?: unknown[] }).options ?? [];
    built[field] = [...candidates, ...options].find((value) => schema.safeParse(value).success);
  }
  return built;
}

const called = allOperations().filter(({ kind }) => kind !== "local");
/** What begins something; everything else finds that there is nothing yet. */
const creating = called.filter(({ ledger }) => ledger === "create");

describe("in a folder without a ledger", () => {
  it("only what changes something may make one, and the older commands, whose record of a worker is a folder", () => {
    const looking = creating.filter(({ kind, path }) => kind !== "mutation" && !path.startsWith("workers."));
    expect(looking).toEqual([]);
  });

  it.each(called.filter(({ ledger, path }) => ledger !== "create" || path.startsWith("workers.")))(
    "$path leaves no file behind",
    async ({ path, kind, ledger, cli, input }) => {
      const op = { path, kind: kind as "query", here: cli.here };
      const signal = AbortSignal.timeout(5_000);
      let failure: ConveyorError | undefined;
      try {
        if (kind !== "subscription") await transport.call(op, leastInput(input), { signal });
        else for await (const _ of transport.subscribe(op, leastInput(input), { signal })) break;
      } catch (thrown) {
        failure = thrown as ConveyorError;
      }
      expect(existsSync(join(folder, "state"))).toBe(false);
      if (ledger !== "read" && ledger !== "write") return;
      // An input that only the function itself can judge may be refused first.
      expect(["ledger_missing", "invalid_input"]).toContain(failure?.code);
      if (failure?.code === "ledger_missing") expect(failure.hint).toContain("conveyor tasks --create");
    },
  );

  it.each(creating.filter(({ path }) => path.startsWith("startup.")))(
    "$path that fails at the start leaves none",
    async ({ path, input }) => {
      const given = { ...leastInput(input), cwd: folder };
      const call = transport.call({ path, kind: "mutation" }, given);
      await expect(call).rejects.toMatchObject({ code: expect.stringMatching(/tool_missing|invalid_input/) });
      expect(existsSync(join(folder, "state"))).toBe(false);
    },
  );
});

describe("commands in a folder without a ledger", () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(() => world.remove());

  const COMMANDS = [
    ["cycle", "x"],
    ["tail", "x"],
    ["ingest", "x"],
    ["finish-task", "x"],
    ["deregister", "x"],
    ["session-nudge", "a", "b"],
    ["stop", "x"],
    ["dispatch", "show", "1"],
    ["dispatch", "--once"],
    ["worker-inbox", "x", "--consume-next"],
    ["manager-inbox", "x"],
    ["prune", "--dry-run"],
    ["db-doctor"],
    ["criteria", "x", "--list"],
    ["transcript-show", "x"],
    ["divergences", "x"],
    ["app-loop-status", "x"],
    ["adopt-ledger", "--yes"],
  ];

  it.each(COMMANDS.map((argv) => [argv.join(" "), argv] as const))(
    "%s says that there is none",
    async (_line, argv) => {
      const { code, stdout, stderr } = await world.cli(...argv);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(/^error: there is no (ledger at|worker|session)/);
      expect(readdirSync(world.folder)).toEqual([]);
    },
  );
});
