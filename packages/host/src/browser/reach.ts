import { dirname, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { realPath } from "@conveyor/files";

/** What a page that is looked at may ask for. */
export interface Reach {
  /** The file that is looked at; null for a page that a server gives. */
  html_path: string | null;
  /** Whether the page may ask other machines. */
  hosts: "loopback" | "any";
}

/** Schemes of what a page holds itself. */
const OF_ITS_OWN: ReadonlySet<string> = new Set(["about:", "blob:", "data:"]);

/**
 * Whether a page may ask for this address: what it holds itself, files in its own folder and below, this machine, and others
 * where that was allowed. Of the files, links are followed before they are judged.
 */
export function mayAsk(address: string, { html_path, hosts }: Reach): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  if (OF_ITS_OWN.has(url.protocol)) return true;
  if (url.protocol === "file:") return html_path !== null && isBelow(url, dirname(realPath(html_path)));
  if (!["http:", "https:", "ws:", "wss:"].includes(url.protocol)) return false;
  return hosts === "any" || isThisMachine(url.hostname);
}

/** Whether a host name of an address means this machine, without asking anybody what it means. */
export function isThisMachine(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function isBelow(url: URL, folder: string): boolean {
  // The file of another machine.
  if (url.hostname !== "") return false;
  try {
    const inside = relative(folder, realPath(fileURLToPath(url)));
    return inside !== ".." && !inside.startsWith(`..${sep}`);
  } catch {
    return false;
  }
}
