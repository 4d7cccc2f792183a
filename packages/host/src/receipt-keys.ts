import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
} from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Env } from "@conveyor/contracts/env";
import { ConveyorError } from "@conveyor/contracts/errors";
import { createPrivately, isOwnAlone, linkOnce, makeFolder, readWhole, replaceFile } from "@conveyor/files";
import { stateFolder } from "./host-id.ts";

/** A key by which receipts are known (spec 09 §9.6). */
export interface ReceiptKey {
  /** SHA-256 of the public half, in hexadecimal digits. */
  keyid: string;
  public_key: KeyObject;
  /** The public half as others are given it. */
  public_pem: string;
}

/** The keys of this account on this machine. */
export interface ReceiptKeys {
  /** What signs now. */
  current: ReceiptKey & { private_key: KeyObject };
  /** Those that signed before: of them only the public half is kept. */
  former: readonly ReceiptKey[];
}

interface Stored {
  version: 1;
  private_pem: string;
  former: string[];
}

const MOST_BYTES = 256 * 1024;

/**
 * The keys that sign receipts: made when they are first asked for and kept outside every ledger, beside what tells this
 * host apart, in a file that only its owner can read. Whoever can write the ledger cannot sign with it. Throws
 * `host_denied` when the file is not its owner's alone or cannot be read; a damaged one is never replaced.
 */
export function receiptKeys(env: Env): ReceiptKeys {
  const { folder, file } = place(env);
  makeFolder(folder);
  const known = stored(file);
  if (known !== null) return keysOf(file, known);
  const own = `${file}.${randomUUID()}`;
  createPrivately(own, text({ version: 1, private_pem: newPrivatePem(), former: [] }));
  // Of several that make one at once the first counts for all.
  linkOnce(own, file);
  rmSync(own, { force: true });
  return keysOf(file, stored(file) ?? unusable(file, "it vanished"));
}

/** Sign with a new key from now on; what the former signed can still be verified. Throws like `receiptKeys`. */
export function rotateReceiptKey(env: Env): ReceiptKeys {
  const { file } = place(env);
  const { current, former } = receiptKeys(env);
  const pems = [current.public_pem, ...former.map(({ public_pem }) => public_pem)];
  replaceFile(file, text({ version: 1, private_pem: newPrivatePem(), former: pems }));
  return receiptKeys(env);
}

/** A public key in PEM. Throws `invalid_input` when it is none, or not of the kind that signs receipts. */
export function publicReceiptKey(pem: string): ReceiptKey {
  try {
    const public_key = createPublicKey(pem);
    if (public_key.asymmetricKeyType !== "ed25519")
      throw new Error(`it is of the kind ${public_key.asymmetricKeyType}`);
    const der = public_key.export({ type: "spki", format: "der" });
    const public_pem = public_key.export({ type: "spki", format: "pem" }).toString();
    return { keyid: createHash("sha256").update(der).digest("hex"), public_key, public_pem };
  } catch (error) {
    throw new ConveyorError("invalid_input", `this is no public key of a receipt: ${(error as Error).message}`, {
      hint: "`conveyor receipt key show` prints one on the machine that signed",
    });
  }
}

function place(env: Env): { folder: string; file: string } {
  const folder = stateFolder(env);
  return { folder, file: join(folder, "receipt-key.json") };
}

function stored(file: string): Stored | null {
  const read = readWhole(file, { most_bytes: MOST_BYTES, links: "refuse" });
  if (!read.ok) return read.code === "ENOENT" ? null : unusable(file, String(read.code));
  if (!isOwnAlone(read.stats)) return unusable(file, "others can write it");
  if ((read.stats.mode & 0o077) !== 0) return unusable(file, "others can read it");
  try {
    const { private_pem, former } = JSON.parse(read.text) as Stored;
    if (typeof private_pem === "string" && Array.isArray(former)) return { version: 1, private_pem, former };
  } catch {
    // Said below.
  }
  return unusable(file, "it is damaged");
}

function unusable(file: string, why: string): never {
  throw new ConveyorError("host_denied", `the key of receipts in ${file} cannot be used: ${why}`, {
    hint: "mend it or move it away; without it a new key is made, and former receipts are verified with --key",
    details: { file },
  });
}

function keysOf(file: string, { private_pem, former }: Stored): ReceiptKeys {
  try {
    const private_key = createPrivateKey(private_pem);
    const pem = createPublicKey(private_key).export({ type: "spki", format: "pem" }).toString();
    return { current: { ...publicReceiptKey(pem), private_key }, former: former.map(publicReceiptKey) };
  } catch {
    return unusable(file, "it is damaged");
  }
}

function newPrivatePem(): string {
  return generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

function text(keys: Stored): string {
  return `${JSON.stringify(keys, null, 2)}\n`;
}
