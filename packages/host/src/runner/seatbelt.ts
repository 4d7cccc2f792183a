import type { Confinement, PathKind } from "./confinement.ts";

/** Devices and temporary files that programs cannot do without. */
const ALWAYS_WRITABLE = ["/dev", "/private/tmp", "/private/var/folders"];

/**
 * Profile of macOS's `sandbox-exec` for a confinement (spec 04 §4.12). The last rule that fits decides there, so what is
 * hidden comes after what is writable. Pure: `kindOf` says what stands at a path.
 */
export function seatbeltProfile(
  { writable, hidden, network }: Confinement,
  kindOf: (path: string) => PathKind,
): string {
  const below = (path: string) => `(subpath ${quoted(path)})`;
  const masked = hidden.map((path) => (kindOf(path) === "file" ? `(literal ${quoted(path)})` : below(path)));
  return [
    "(version 1)",
    "(allow default)",
    "(deny file-write*)",
    `(allow file-write* ${[...ALWAYS_WRITABLE, ...writable].map(below).join(" ")})`,
    ...(masked.length > 0 ? [`(deny file-read* file-write* ${masked.join(" ")})`] : []),
    ...(network
      ? []
      : ["(deny network*)", '(allow network* (local ip "localhost:*"))', '(allow network* (remote ip "localhost:*"))']),
    "",
  ].join("\n");
}

function quoted(path: string): string {
  return `"${path.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
