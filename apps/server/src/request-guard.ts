import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";
import { hostname } from "node:os";
import type { RefusalCode } from "@conveyor/contracts/refusals";
import { type BrowserSession, isSignedIn, SESSION_COOKIE } from "./browser-sessions.ts";
import { sameSecret } from "./token.ts";

/** Where a server listens, as far as it decides which names may be used for it. */
export interface Address {
  host: string;
  port: number;
}

/** The subprotocol in which a page brings its proof along. */
const PROOF_PROTOCOL = "conveyor.proof.";

const LOOPBACK_NAMES = ["127.0.0.1", "localhost", "[::1]"];
const WILDCARDS = ["0.0.0.0", "::"];

/** Whether only this machine can reach a server that is bound to this host. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** A host as it stands in a URL. */
export function urlHost({ host, port }: Address): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/**
 * Whether the Host header names this server. A page that made its own name point to us (DNS rebinding) sends that name.
 * Bound to every interface, a bare address is as good as the configured one, since only names can be rebound.
 */
export function isOwnHost(header: string | undefined, address: Address): boolean {
  if (header === undefined) return false;
  const own = header.toLowerCase();
  if (LOOPBACK_NAMES.some((name) => own === `${name}:${address.port}`)) return true;
  if (own === urlHost(address).toLowerCase()) return true;
  if (!WILDCARDS.includes(address.host)) return false;
  const name = own.endsWith(`:${address.port}`) ? own.slice(0, -`:${address.port}`.length) : "";
  return isIP(name.replace(/^\[|\]$/g, "")) !== 0 || name === hostname().toLowerCase();
}

/** Why a request is refused before anybody looks at what it asks for. */
export interface Refusal {
  code: RefusalCode;
  message: string;
  /** Left out it is the one of the code. */
  hint?: string;
  /** HTTP status where it is another than that of the code. */
  status?: number;
}

export interface GuardedRequest {
  method: string;
  headers: IncomingHttpHeaders;
  /** A WebSocket upgrade, which counts as a change because a browser lets any page open one. */
  upgrade: boolean;
}

/** Check that a request reaches us under our own name and from no foreign page. Concerns every path (spec 06 §6.6.2). */
export function refuseForeign({ headers, method, upgrade }: GuardedRequest, address: Address): Refusal | undefined {
  if (!isOwnHost(headers.host, address)) {
    return {
      code: "forbidden",
      message: "this server is not called by that name",
      hint: `use http://${urlHost(address)}`,
      status: 421,
    };
  }
  const { origin } = headers;
  const site = headers["sec-fetch-site"];
  const foreignOrigin = origin !== undefined && origin.toLowerCase() !== `http://${headers.host?.toLowerCase()}`;
  // Following a link from elsewhere is harmless: it changes nothing, and the cookie is not sent along.
  const followsLink = headers["sec-fetch-mode"] === "navigate" && method === "GET" && !upgrade;
  const ownSite = site === undefined || site === "same-origin" || site === "none" || followsLink;
  if (!foreignOrigin && ownSite) return undefined;
  return {
    code: "forbidden",
    message: "requests from other web pages are refused",
    hint: "open the page that this server itself serves",
  };
}

/** What a caller must show to be let in. */
export interface Doors {
  /** The token of this server. */
  token: string;
  /** The browser session under whose path the request came, if it came under one that exists. */
  session: BrowserSession | undefined;
}

/**
 * Check who asks. The token in the Authorization header is enough, since no foreign page can send it. A browser shows the
 * cookie and the proof of the session under whose path it asks, and for anything but a plain read the Origin that only a
 * browser sets.
 */
export function refuseStranger(request: GuardedRequest, { token, session }: Doors): Refusal | undefined {
  const { headers, method, upgrade } = request;
  const bearer = /^Bearer ([^\s]+)$/i.exec(headers.authorization ?? "")?.[1];
  if (bearer !== undefined && sameSecret(bearer, token)) return undefined;
  const shown = { cookies: readCookies(headers.cookie), proof: readProof(request) };
  if (bearer !== undefined || session === undefined || !isSignedIn(session, shown)) {
    return {
      code: "unauthorized",
      message: bearer === undefined ? "this server needs a token" : "the token is not the one of this server",
      hint: "put the content of the file server-token in the server's state root into CONVEYOR_TOKEN; a browser signs in with the link of `conveyor serve --login`",
    };
  }
  if (headers.origin === undefined && (upgrade || method !== "GET")) {
    return { code: "forbidden", message: "the request has no Origin", hint: "use a current browser" };
  }
  return undefined;
}

/** Changes are JSON only: a form of another page cannot send that without being asked about. */
export function refuseContentType({ method, headers }: GuardedRequest): Refusal | undefined {
  const type = headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (method !== "POST" || type === "application/json") return undefined;
  return {
    code: "invalid_input",
    message: "the body must be JSON",
    hint: "send content-type application/json",
    status: 415,
  };
}

/** Every value under the name of our cookie: another program on this machine may have set one of the same name. */
function readCookies(header: string | undefined): string[] {
  return (header ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${SESSION_COOKIE}=`))
    .map((pair) => pair.slice(SESSION_COOKIE.length + 1));
}

/** A page cannot set headers of a WebSocket's upgrade but its subprotocols. */
function readProof({ headers, upgrade }: GuardedRequest): string | undefined {
  if (!upgrade) return headers["conveyor-proof"]?.toString();
  const offered = (headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
  return offered.find((name) => name.startsWith(PROOF_PROTOCOL))?.slice(PROOF_PROTOCOL.length);
}
