import type { Input, Output } from "@conveyor/contracts";
import { auditChain } from "@conveyor/store";
import { runKeys } from "../checks/run-signature.ts";
import type { Ctx } from "../ctx.ts";
import { auditHeadOf } from "../receipts/audit-head.ts";

type ChainReport = Output<"audit.verify">;
type Broken = NonNullable<ChainReport["broken"]>;

/** Entries that are read at once; others get their turn between two pages. */
const PAGE = 2_000;
/** Receipts whose heads are compared: the newest. */
const MOST_RECEIPTS = 1_000;

/**
 * Whether the audit is as it was written: every entry's hash fits it and all before it, and the heads that receipts signed by
 * this account name are in the chain (spec 07 §7.13, 3). Reads page by page, whatever the length of the history.
 */
export async function verify(ctx: Ctx, input: Input<"audit.verify">): Promise<ChainReport> {
  const start = await ctx.store.peek(auditChain.chainStart);
  const heads = await signedHeads(ctx);
  const found = new Set<string>([start.hash]);
  const wanted = new Set([...heads.values()].map(({ hash }) => hash));
  if (input.head !== undefined) wanted.add(input.head);
  let { upto_seq: seq, hash } = start;
  let [events, unsealed, isAtEnd] = [0, 0, false];
  let broken: Broken | null = null;
  while (!isAtEnd && broken === null) {
    ctx.signal.throwIfAborted();
    const after = seq;
    const rows = await ctx.store.peek((tx) => auditChain.entriesAfter(tx, after, PAGE));
    for (const row of rows) {
      events += 1;
      hash = auditChain.chainedHash(hash, row);
      unsealed = row.hash === null ? unsealed + 1 : 0;
      if (row.hash !== null && row.hash !== hash) {
        broken = { id: row.id, seq: row.seq, type: row.type, problem: problemOf(row.seq, heads) };
        break;
      }
      seq = row.seq;
      if (wanted.has(hash)) found.add(hash);
    }
    isAtEnd = rows.length < PAGE;
  }
  const failed = [...heads].flatMap(([receipt_id, head]) =>
    found.has(head.hash) || head.seq < start.upto_seq
      ? []
      : [{ receipt_id, problem: `the audit has no entry with the hash that it names for #${head.seq}` }],
  );
  const head_found = input.head === undefined ? null : found.has(input.head);
  return {
    ok: broken === null && failed.length === 0 && head_found !== false,
    events,
    unsealed,
    head: { seq, hash },
    pruned: start.upto_seq === 0 ? null : { seq: start.upto_seq, hash: start.hash, events: start.events },
    broken,
    receipts: { checked: heads.size, failed },
    head_found,
  };
}

function problemOf(seq: number, heads: ReadonlyMap<number, { seq: number }>): string {
  const before = Math.max(0, ...[...heads.values()].map((head) => head.seq).filter((one) => one < seq));
  const since = before === 0 ? "" : `; up to #${before} a receipt vouches for it`;
  return `it was changed, or one before it was changed, added or taken away${since}`;
}

/** The heads that receipts of this ledger name, by the number of the receipt: those that this account signed. */
async function signedHeads(ctx: Ctx): Promise<Map<number, { seq: number; hash: string }>> {
  const keys = runKeys(ctx.host.env);
  const rows = await ctx.store.read((tx) =>
    tx.db.receipts.findMany({
      orderBy: { seq: "desc" },
      take: MOST_RECEIPTS,
      select: { id: true, envelope_json: true },
    }),
  );
  const heads = new Map<number, { seq: number; hash: string }>();
  for (const { id, envelope_json } of rows) {
    const head = auditHeadOf(envelope_json, keys);
    if (head !== null) heads.set(id, head);
  }
  return heads;
}
