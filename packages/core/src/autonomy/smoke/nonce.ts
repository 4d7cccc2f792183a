import { createHash } from "node:crypto";

/** By what records know a nonce without showing it. Pure. */
export function nonceHash(nonce: string): string {
  return createHash("sha256").update(nonce).digest("hex");
}
