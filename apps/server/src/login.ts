import { randomBytes } from "node:crypto";

/** How long a login code may be used, in milliseconds. */
const CODE_LIFETIME_MS = 10 * 60_000;
const MOST_CODES = 32;

/**
 * Codes with which a browser signs in, each good for one use and ten minutes. The code stands in the fragment of the
 * printed URL, which a browser never sends and never puts into a Referer; the login page posts it and gets a cookie.
 */
export class LoginCodes {
  readonly #now: () => number;
  readonly #expiry = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  create(): string {
    const code = randomBytes(24).toString("base64url");
    this.#expiry.set(code, this.#now() + CODE_LIFETIME_MS);
    const [oldest] = this.#expiry.keys();
    if (this.#expiry.size > MOST_CODES && oldest !== undefined) this.#expiry.delete(oldest);
    return code;
  }

  /** Use a code up. Guessing is hopeless (192 bits), so looking it up needs no constant time. */
  redeem(code: string): boolean {
    const expires_at = this.#expiry.get(code);
    this.#expiry.delete(code);
    return expires_at !== undefined && this.#now() < expires_at;
  }
}

/** The page behind a login URL. Its script is a file of its own, because the page's policy forbids inline scripts. */
export const LOGIN_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Conveyor</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<p id="state">Signing in…</p>
<noscript>Signing in needs JavaScript.</noscript>
<script src="/login.js"></script>
</html>
`;

export const LOGIN_SCRIPT = `const code = location.hash.slice(1);
history.replaceState(null, "", location.pathname + location.search);
// Another link opened in this tab differs in the fragment only, for which a browser loads nothing.
addEventListener("hashchange", () => location.reload());
fetch("/login", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ code }) }).then(
  async (response) => {
    if (response.ok) {
      // Kept where only pages of this very address can read it, so that further tabs are signed in as well.
      localStorage.setItem("conveyor", await response.text());
      location.replace("/" + location.search);
    } else document.getElementById("state").textContent = "This login link was used already or is too old. Ask for a new one with: conveyor serve --login";
  },
);
`;
