import { sign, verify } from "node:crypto";
import type { Env } from "@conveyor/contracts/env";
import { type ReceiptKey, type ReceiptKeys, receiptKeys } from "@conveyor/host";
import { canonicalJson } from "@conveyor/store";
import type { CheckRow, CheckRunRow } from "./check.ts";

type SignedFacts = Pick<
  CheckRunRow,
  | "id"
  | "check_id"
  | "check_revision"
  | "definition_json"
  | "subject_json"
  | "covers_hash"
  | "isolated"
  | "state"
  | "started_at"
>;

/** What a check does, in one text, as a run of it keeps it. Pure. */
export function definitionText(check: CheckRow): string {
  const { kind, spec_json, covers_json, guards_json, repeat, timeout_seconds, network, isolated } = check;
  return canonicalJson({ kind, spec_json, covers_json, guards_json, repeat, timeout_seconds, network, isolated });
}

/**
 * The signature of a run as it ended, by the key that lies outside every ledger: a row that was written straight into the
 * file, or changed there, has none that fits (spec 09 §9.7, lie 9). Pure.
 */
export function runSignature(run: SignedFacts, { keyid, private_key }: ReceiptKeys["current"]) {
  return { signed_with: keyid, signature: sign(null, signedText(run), private_key).toString("base64") };
}

/** Whether one of the keys has signed the run as it stands. Pure. */
export function isSignedRun(
  run: SignedFacts & Pick<CheckRunRow, "signature" | "signed_with">,
  keys: readonly ReceiptKey[],
) {
  const key = keys.find(({ keyid }) => keyid === run.signed_with);
  if (key === undefined || run.signature === null) return false;
  return verify(null, signedText(run), key.public_key, Buffer.from(run.signature, "base64"));
}

/** The keys of this account by which runs are known; none when they cannot be used, and then no run counts. */
export function runKeys(env: Env): ReceiptKey[] {
  try {
    const { current, former } = receiptKeys(env);
    return [current, ...former];
  } catch {
    return [];
  }
}

function signedText(run: SignedFacts): Buffer {
  const { id, check_id, check_revision, definition_json, subject_json, covers_hash, isolated, state, started_at } = run;
  const facts = {
    id,
    check_id,
    check_revision,
    definition_json,
    subject_json,
    covers_hash,
    isolated,
    state,
    started_at,
  };
  return Buffer.from(`conveyor-check-run\n${canonicalJson(facts)}`);
}
