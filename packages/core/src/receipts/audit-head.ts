import type { ReceiptKey } from "@conveyor/host";
import { parsed } from "../shared/parsed.ts";
import { envelopeOf, isSignedBy } from "./dsse.ts";

/** The predicate of receipts whose head is one of the stored chain. */
const CHAIN = "ledger";

/**
 * The head of the audit that stored envelopes of a receipt name; null when they are none, name none of the stored chain, or
 * are signed by none of the keys. Pure.
 */
export function auditHeadOf(envelope_json: string, keys: readonly ReceiptKey[]): { seq: number; hash: string } | null {
  const envelopes = parsed(envelope_json);
  const envelope = Array.isArray(envelopes) ? envelopeOf(JSON.stringify(envelopes[0])) : null;
  if (envelope === null || !keys.some((key) => isSignedBy(envelope, key))) return null;
  const statement = parsed(Buffer.from(envelope.payload, "base64").toString("utf8")) as
    | { predicate?: { audit?: { chain?: unknown; last_seq?: unknown; head?: unknown } } }
    | null
    | undefined;
  const audit = statement?.predicate?.audit;
  if (audit?.chain !== CHAIN || typeof audit.head !== "string" || !Number.isInteger(audit.last_seq)) return null;
  return { seq: audit.last_seq as number, hash: audit.head };
}
