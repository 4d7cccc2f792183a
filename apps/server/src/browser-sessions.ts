import { randomBytes } from "node:crypto";
import { sameSecret } from "./token.ts";

/** Most signed-in browsers at once; the oldest has to sign in again when there are more. */
const MOST_SESSIONS = 64;

/** The cookie that a signed-in browser sends below the path of its session, and nowhere else. */
export const SESSION_COOKIE = "conveyor_session";

/**
 * A browser that signed in. It shows three secrets: the path that it calls under, which keeps its cookie from every other
 * program that listens on this machine (cookies know no ports), the cookie itself, which no script can read, and a proof
 * that only a page of this very origin can have kept, which no other program can send.
 */
export interface BrowserSession {
  /** Begins and ends with a slash. */
  path: string;
  cookie: string;
  proof: string;
}

const SESSION_PATH = /^\/s\/([\w-]{22})(\/.*)$/;

/** The browsers that signed in since this server started. None of it is kept, so it ends with the server (spec 06 §6.6.2). */
export class BrowserSessions {
  readonly #sessions = new Map<string, BrowserSession>();

  create(): BrowserSession {
    const [id, cookie, proof] = [secret(16), secret(32), secret(32)];
    const session = { path: `/s/${id}/`, cookie, proof };
    this.#sessions.set(id, session);
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > MOST_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
    return session;
  }

  /** The session that a path belongs to, and the path within it; a path of no session stays as it is. */
  within(pathname: string): { session: BrowserSession | undefined; path: string } {
    const [, id, path] = SESSION_PATH.exec(pathname) ?? [];
    return id === undefined || path === undefined
      ? { session: undefined, path: pathname }
      : { session: this.#sessions.get(id), path };
  }
}

/** Whether the browser that signed in to this session is who asks. */
export function isSignedIn(
  session: BrowserSession,
  shown: { cookies: readonly string[]; proof: string | undefined },
): boolean {
  const { cookies, proof } = shown;
  return (
    cookies.some((cookie) => sameSecret(cookie, session.cookie)) &&
    proof !== undefined &&
    sameSecret(proof, session.proof)
  );
}

function secret(bytes: number): string {
  return randomBytes(bytes).toString("base64url");
}
