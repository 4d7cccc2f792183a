import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { allOperations } from "@conveyor/contracts/registry";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RouterWorld } from "../router-world.ts";
import { inputsOf, type Material } from "./inputs.ts";

/**
 * Every operation, called with everything: valid, nearly valid, hostile. Longer: FUZZ_CALLS=1000000; the same again:
 * FUZZ_SEED as it was printed.
 */
const CALLS = Number(process.env["FUZZ_CALLS"] ?? 10_000);
const SEED = Number(process.env["FUZZ_SEED"] ?? Date.now() % 2 ** 31);
/** How long a call may wait before its caller goes away, in milliseconds. */
const PATIENCE_MS = 15;

/** What is not called: it would end this very process, which stands in the ledger as a dispatcher while it watches. */
const LEFT_OUT: ReadonlySet<string> = new Set(["dispatch.watch", "dispatch.stopDispatcher"]);

let world: RouterWorld;
const known = new Set<string>(["auth", "w", "m"]);

beforeAll(() => {
  world = new RouterWorld();
  mkdirSync(join(world.root, "folder"));
  writeFileSync(join(world.root, "file"), "not a rollout\n");
});
afterAll(() => world.close());

/** Ids in an answer, so that later calls find what earlier ones made. */
function remember(value: unknown, depth = 0): void {
  if (known.size > 300 || depth > 3 || value === null || typeof value !== "object") return;
  for (const [key, member] of Object.entries(value)) {
    if (typeof member === "string" && /(^|_)(id|name)$/.test(key) && member.length < 100) known.add(member);
    else remember(member, depth + 1);
  }
}

it(`answers ${CALLS} calls of every operation with a result or a typed error (FUZZ_SEED=${SEED})`, async () => {
  await world.pair("auth", "w", "m");
  await world.call("dispatch.enqueueNudgeWorker", { task: "auth", message: "go on" });
  await world.call("criteria.add", { task: "auth", criterion: "it holds", source: "user_requested" });
  await world.call("decisions.record", { task: "auth", decision: "nudge", reason: "because" });

  const paths = ["folder", "file", "missing", "missing/deeper", "w.jsonl", "folder/x"].map((path) =>
    join(world.root, path),
  );
  const called = allOperations().filter(({ kind, path }) => kind !== "local" && !LEFT_OUT.has(path));
  const rounds = 10;
  const each = Math.ceil(CALLS / called.length / rounds);
  const untyped = new Map<string, string>();
  for (let round = 0; round < rounds; round += 1) {
    const material: Material = { words: [...known], paths };
    for (const op of called) {
      const seed = SEED + round;
      for (const input of fc.sample(inputsOf(op.input, material), { numRuns: each, seed })) {
        for (const answer of await world.answers(op.path, input, { patience_ms: PATIENCE_MS })) {
          remember(answer);
          if (!("error" in answer)) continue;
          const { conveyor, httpStatus } = answer.error.data;
          const isTyped =
            conveyor.code !== "internal" && httpStatus !== 500 && !/\bat .*:\d+:\d+/.test(conveyor.message);
          if (!isTyped)
            untyped.set(
              `${op.path}: ${conveyor.code}: ${conveyor.message.replaceAll(/"[^"]*"|[\d-]+/g, "…")}`.slice(0, 200),
              JSON.stringify(input)?.slice(0, 600) ?? "",
            );
        }
      }
    }
  }
  expect(Object.fromEntries(untyped)).toEqual({});
  expect(await world.call("system.dbDoctor", {})).toMatchObject({ ok: true });
}, 600_000);
