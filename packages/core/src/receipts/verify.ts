import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { readWhole } from "@conveyor/files";
import { publicReceiptKey, type ReceiptKey, readTree, receiptKeys } from "@conveyor/host";
import type { HostCtx } from "../ctx.ts";
import { type Envelope, envelopeOf, isSignedBy } from "./dsse.ts";
import { contradictions, type InTotoStatement, RECEIPT, type ReceiptPredicate, STATEMENT } from "./statement.ts";

type Report = Output<"receipts.verify">;
type Failure = Report["failures"][number];

const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Whether a receipt is well formed, signed by a key that is known, agrees with itself and, when a folder is named, speaks of
 * its files as they are now (spec 09 §9.6). What is wrong is the answer, each with its name. Throws `not_found` when there
 * is no such file or folder, `invalid_input` for a key that is none.
 */
export async function verify(ctx: HostCtx, input: Input<"receipts.verify">): Promise<Report> {
  const envelopes = textOf(input.file)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map(envelopeOf);
  const statements = envelopes.map((envelope) => (envelope === null ? null : statementOf(envelope)));
  if (!isReceipt(statements)) return { ...nothingOf("it is no receipt"), signed_with: keyidOf(envelopes) };
  const failures = [...signatureFailures(envelopes as Envelope[], keysFor(ctx, input.key))];
  failures.push(
    ...safely(() => contradictions(statements)).map((problem): Failure => ({ code: "inconsistent", problem })),
  );
  const [receipt] = statements;
  const digest = receipt.subject[0]?.digest ?? {};
  const tree = digest["gitTree"] ?? digest["sha256"] ?? null;
  if (input.root !== undefined) {
    const present = await readTree(input.root, {
      env: ctx.host.env,
      without: [ctx.settings.state_root],
      signal: ctx.signal,
    });
    if (present.tree !== tree) {
      failures.push({ code: "tree_differs", problem: `the files in ${present.root} are ${present.tree}, not ${tree}` });
    }
  }
  const { task, criteria } = receipt.predicate;
  const counts: Record<string, number> = {};
  for (const { state } of criteria) counts[state] = (counts[state] ?? 0) + 1;
  return {
    ok: failures.length === 0,
    failures,
    task: { id: task.id, name: task.name, state: task.state },
    signed_with: keyidOf(envelopes),
    tree,
    criteria: counts,
  };
}

function textOf(file: string): string {
  const read = readWhole(file, { most_bytes: MOST_BYTES });
  if (read.ok) return read.text;
  throw new ConveyorError(
    read.code === "ENOENT" ? "not_found" : "invalid_input",
    `${file} cannot be read (${read.code})`,
    {
      details: { kind: "file", path: file },
    },
  );
}

function keysFor({ host }: HostCtx, file: string | undefined): ReceiptKey[] {
  if (file !== undefined) return [publicReceiptKey(textOf(file))];
  const { current, former } = receiptKeys(host.env);
  return [current, ...former];
}

function* signatureFailures(envelopes: readonly Envelope[], keys: readonly ReceiptKey[]): Generator<Failure> {
  const [first] = envelopes;
  const key = keys.find(({ keyid }) => first?.signatures.some((signature) => signature.keyid === keyid));
  if (key === undefined) {
    yield { code: "key_unknown", problem: "nobody here knows the key; name it with --key FILE" };
    return;
  }
  const wrong = envelopes.filter((envelope) => !isSignedBy(envelope, key)).length;
  if (wrong > 0)
    yield { code: "signature_invalid", problem: `${wrong} of ${envelopes.length} signatures are not by this key` };
}

function statementOf({ payload }: Envelope): InTotoStatement | null {
  try {
    const statement = JSON.parse(Buffer.from(payload, "base64").toString("utf8")) as InTotoStatement;
    const isSound =
      statement._type === STATEMENT && Array.isArray(statement.subject) && typeof statement.predicateType === "string";
    return isSound ? statement : null;
  } catch {
    return null;
  }
}

type Receipt = [InTotoStatement<ReceiptPredicate>, ...InTotoStatement[]];

function isReceipt(statements: (InTotoStatement | null)[]): statements is Receipt {
  const [first] = statements;
  if (first === undefined || first === null || statements.includes(null) || first.predicateType !== RECEIPT)
    return false;
  const { task, criteria } = (first.predicate ?? {}) as Partial<ReceiptPredicate>;
  const isTask = [task?.id, task?.name, task?.state].every((text) => typeof text === "string");
  return (
    isTask &&
    Array.isArray(criteria) &&
    criteria.every((one) => Array.isArray(one?.checks) && typeof one.state === "string")
  );
}

/** A statement of any form may stand in a file: what cannot even be compared contradicts itself. */
function safely(compare: () => string[]): string[] {
  try {
    return compare();
  } catch {
    return ["it lacks what it should say"];
  }
}

function keyidOf(envelopes: readonly (Envelope | null)[]): string | null {
  return envelopes[0]?.signatures[0]?.keyid ?? null;
}

function nothingOf(problem: string): Report {
  return {
    ok: false,
    failures: [{ code: "malformed", problem }],
    task: null,
    signed_with: null,
    tree: null,
    criteria: {},
  };
}
