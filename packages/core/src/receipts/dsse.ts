import { sign as signWith, verify as verifyWith } from "node:crypto";
import type { ReceiptKey, ReceiptKeys } from "@conveyor/host";

/** A DSSE envelope, as it is written to files. */
export interface Envelope {
  payloadType: string;
  payload: string;
  signatures: { keyid: string; sig: string }[];
}

export const IN_TOTO = "application/vnd.in-toto+json";

/** What is signed of a payload (DSSE, "pre-authentication encoding"). Pure. */
function preAuthenticated(type: string, payload: Buffer): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** A signed statement. */
export function signedEnvelope(statement: object, { keyid, private_key }: ReceiptKeys["current"]): Envelope {
  const payload = Buffer.from(JSON.stringify(statement));
  const sig = signWith(null, preAuthenticated(IN_TOTO, payload), private_key).toString("base64");
  return { payloadType: IN_TOTO, payload: payload.toString("base64"), signatures: [{ keyid, sig }] };
}

/** Whether the envelope carries a signature by this key. Pure. */
export function isSignedBy({ payloadType, payload, signatures }: Envelope, { keyid, public_key }: ReceiptKey): boolean {
  const signed = preAuthenticated(payloadType, Buffer.from(payload, "base64"));
  return signatures.some(
    (signature) =>
      signature.keyid === keyid && verifyWith(null, signed, public_key, Buffer.from(signature.sig, "base64")),
  );
}

/** A line of a file as an envelope; null when it is none. Pure. */
export function envelopeOf(line: string): Envelope | null {
  try {
    const { payloadType, payload, signatures } = JSON.parse(line) as Envelope;
    const isText = (value: unknown) => typeof value === "string";
    const isSound =
      payloadType === IN_TOTO &&
      isText(payload) &&
      Array.isArray(signatures) &&
      signatures.length > 0 &&
      signatures.every((one) => isText(one?.keyid) && isText(one?.sig));
    return isSound ? { payloadType, payload, signatures } : null;
  } catch {
    return null;
  }
}
