import type { Confinement, PathKind } from "./confinement.ts";

/**
 * Temporary folders and sockets of the machine that a confined program gets its own empty ones of: behind the sockets stand
 * programs that are not confined (tmux, container engines, key agents).
 */
const OWN_FOLDERS = ["/tmp", "/var/tmp", "/run"];

/** Of what a private `/run` would hide, what names resolve by. */
const KEPT = ["/run/systemd/resolve"];

/**
 * Arguments of bubblewrap for a confinement, up to and without the `--` (spec 04 §4.12, 09 §9.3). What lies deeper is
 * mounted later, so that a hidden folder inside a writable one is hidden and a project inside a hidden home is there. A
 * process space of its own keeps other processes' open files out of `/proc` and ends everything with the first process.
 * Pure: `kindOf` says what stands at a path.
 */
export function bubblewrapArguments(
  { writable, hidden, network, cwd }: Confinement,
  kindOf: (path: string) => PathKind,
): string[] {
  const mounts = [
    ...OWN_FOLDERS.filter((path) => kindOf(path) === "folder").map((path) => ({ path, mount: ["--tmpfs", path] })),
    ...KEPT.filter((path) => kindOf(path) === "folder").map((path) => ({ path, mount: ["--ro-bind", path, path] })),
    ...hidden.flatMap((path) => hide(path, kindOf(path))),
    ...writable.map((path) => ({ path, mount: ["--bind", path, path] })),
  ];
  const depth = (path: string) => (path === "/" ? 0 : path.split("/").length);
  // Stable: of two for one path the later wins, and what is writable may not uncover what is hidden.
  mounts.sort((one, other) => depth(one.path) - depth(other.path));
  const hiddenAgain = hidden.filter((path) => writable.includes(path)).flatMap((path) => hide(path, kindOf(path)));
  return [
    ...["--die-with-parent", "--new-session"],
    ...["--unshare-user-try", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"],
    ...(network ? [] : ["--unshare-net"]),
    ...["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"],
    ...[...mounts, ...hiddenAgain].flatMap(({ mount }) => mount),
    ...["--chdir", cwd, "--cap-drop", "ALL"],
  ];
}

function hide(path: string, kind: PathKind): { path: string; mount: string[] }[] {
  if (kind === "folder") return [{ path, mount: ["--perms", "0700", "--tmpfs", path] }];
  // Masking a file that does not exist would make the sandbox fail.
  return kind === "file" ? [{ path, mount: ["--ro-bind", "/dev/null", path] }] : [];
}
