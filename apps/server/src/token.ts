import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { ConveyorError } from "@conveyor/contracts/errors";
import { readStateFile, replaceFile } from "@conveyor/files";
import { unwritable } from "./files.ts";

/** A token given by hand must be at least this long; our own has 43 characters (32 random bytes). */
const SHORTEST_TOKEN = 16;
const TOKEN_FORM = /^[A-Za-z0-9._~+/=-]+$/;

/**
 * The token of this state root for HTTP: the one given, else the one kept in the token file, else a new one. It is kept
 * over restarts, so that a client that reconnects is still known; deleting the file makes a new one. Throws
 * `invalid_input` for one that is too short or cannot stand in a header, and `state_root_unwritable`.
 */
export function settleToken(file: string, given: string | undefined): string {
  if (given !== undefined && !isUsable(given)) {
    throw new ConveyorError(
      "invalid_input",
      `a token has at least ${SHORTEST_TOKEN} characters of A-Z a-z 0-9 . _ ~ + / = -`,
      {
        hint: "leave it out to have one made",
      },
    );
  }
  const token = given ?? readToken(file) ?? randomBytes(32).toString("base64url");
  try {
    replaceFile(file, `${token}\n`);
  } catch (cause) {
    throw unwritable(file, cause);
  }
  return token;
}

/** The token kept in this file; undefined when it holds none, or anybody but this user can have put it there. */
export function readToken(file: string): string | undefined {
  const token = readStateFile(file)?.trim();
  return token !== undefined && isUsable(token) ? token : undefined;
}

/** Compare a secret without telling by the time it takes how much of it was right. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function isUsable(token: string): boolean {
  return token.length >= SHORTEST_TOKEN && TOKEN_FORM.test(token);
}
