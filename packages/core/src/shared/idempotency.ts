import { createHash } from "node:crypto";
import { ConveyorError } from "@conveyor/contracts/errors";
import { canonicalJson } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";

interface KeyedCall<Result> {
  /** Undefined: the call is not protected and simply runs. */
  key: string | undefined;
  operation: string;
  /** What makes two calls the same one. */
  input: Record<string, unknown>;
  run: () => Promise<Result>;
}

/**
 * Run something at most once per key. A repeated key with the same input answers with the first result; with other input
 * it is `idempotency_conflict`; while the first call still runs, or after it broke off in the middle, it is `conflict`,
 * because it is unknown whether its side effect happened. A call that failed before touching anything frees its key.
 */
export async function once<Result>(ctx: Ctx, call: KeyedCall<Result>): Promise<Result> {
  const { key, operation } = call;
  if (key === undefined) return call.run();
  const input_sha256 = createHash("sha256").update(canonicalJson(call.input)).digest("hex");
  const earlier = await ctx.store.write(async (tx) => {
    const row = await tx.db.idempotency_keys.findUnique({ where: { key } });
    if (row === null)
      await tx.db.idempotency_keys.create({
        data: { key, operation, input_sha256, created_at: tx.now, seq: tx.seq() },
      });
    return row;
  });
  if (earlier === null) return firstCall(ctx, key, call);
  if (earlier.operation !== operation || earlier.input_sha256 !== input_sha256) {
    throw new ConveyorError(
      "idempotency_conflict",
      `the idempotency key ${JSON.stringify(key)} was used for something else`,
      {
        hint: "use a new key for a new call",
        details: { key, operation: earlier.operation },
      },
    );
  }
  if (earlier.result_json === null) {
    throw new ConveyorError(
      "conflict",
      `a call with the idempotency key ${JSON.stringify(key)} has begun and not ended`,
      {
        hint: "look at the terminal before you try again with a new key: it may have happened",
        details: { key, operation, side_effect: "possible" },
      },
    );
  }
  return JSON.parse(earlier.result_json) as Result;
}

async function firstCall<Result>(ctx: Ctx, key: string, call: KeyedCall<Result>): Promise<Result> {
  let result: Result;
  try {
    result = await call.run();
  } catch (error) {
    const started = error instanceof ConveyorError && error.details["side_effect_started"] === true;
    if (!started) await ctx.store.write((tx) => tx.db.idempotency_keys.delete({ where: { key } }));
    throw error;
  }
  await ctx.store.write((tx) =>
    tx.db.idempotency_keys.update({ where: { key }, data: { result_json: canonicalJson(result) } }),
  );
  return result;
}
