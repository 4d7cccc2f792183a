import { readFile, realpath, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, resolve, sep } from "node:path";
import { sendError } from "./responses.ts";

const CONTENT_TYPES: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/** Where the page can be: below these its own router decides what is shown (apps/web/src/frame/routes.tsx). */
const PAGE_ROUTES =
  /^\/(?:tasks|tasks\/[^/]+|replay|replay\/[^/]+|campaigns|campaigns\/[^/]+|start|sessions|messages|terminals|about)\/?$/;

const NOT_BUILT_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Conveyor</title>
<h1>The server runs</h1>
<p>This installation has no web client: it was not built. Commands and the SDK work as usual.</p>
</html>
`;

/**
 * Serve the built web client: its page at `/` and its other addresses, and its files. Returns whether there was something
 * to serve. Nothing outside the folder can be reached, not through links either.
 */
export async function serveStatic(
  request: IncomingMessage,
  response: ServerResponse,
  pathname: string,
  root: string | undefined,
): Promise<boolean> {
  const found = root === undefined ? undefined : await findFile(root, pathname);
  if (found === undefined) {
    if (pathname !== "/" && !PAGE_ROUTES.test(pathname)) return false;
    response.writeHead(503, { "content-type": "text/html; charset=utf-8" });
    response.end(NOT_BUILT_PAGE);
    return true;
  }
  const etag = `"${found.size.toString(36)}-${Math.trunc(found.mtime_ms).toString(36)}"`;
  // The build puts a hash of the content into the names of its assets.
  const forever = pathname.startsWith("/assets/");
  const headers = {
    "content-type": CONTENT_TYPES[extname(found.path)] ?? "application/octet-stream",
    ...(forever && { "cache-control": "public, max-age=31536000, immutable", etag }),
  };
  if (forever && request.headers["if-none-match"] === etag) {
    response.writeHead(304, headers).end();
    return true;
  }
  let bytes: Buffer;
  try {
    bytes = await contentOf(found, etag);
  } catch {
    // As when no descriptor is left.
    sendError(response, {
      code: "server_unreachable",
      message: "the page cannot be read at the moment",
      hint: "try again in a moment",
    });
    return true;
  }
  response.writeHead(200, { ...headers, "content-length": bytes.length });
  response.end(request.method === "HEAD" ? undefined : bytes);
  return true;
}

/** The few files of the page as they were last read, so that many who ask at once share one copy of each. */
const read = new Map<string, { etag: string; bytes: Promise<Buffer> }>();

function contentOf({ path }: FoundFile, etag: string): Promise<Buffer> {
  const known = read.get(path);
  if (known?.etag === etag) return known.bytes;
  const bytes = readFile(path);
  read.set(path, { etag, bytes });
  bytes.catch(() => read.delete(path));
  return bytes;
}

interface FoundFile {
  path: string;
  size: number;
  mtime_ms: number;
}

async function findFile(root: string, pathname: string): Promise<FoundFile | undefined> {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  if (decoded.includes("\0")) return undefined;
  const wanted = decoded === "/" || PAGE_ROUTES.test(pathname) ? "index.html" : decoded;
  try {
    const base = await realpath(resolve(root));
    const path = await realpath(join(base, wanted));
    if (!path.startsWith(base + sep)) return undefined;
    const found = await stat(path);
    return found.isFile() ? { path, size: found.size, mtime_ms: found.mtimeMs } : undefined;
  } catch {
    return undefined;
  }
}
