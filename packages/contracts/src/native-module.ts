/** What is known of a program's own binary part that could not be loaded. */
export interface NativeModuleTrouble {
  message: string;
  hint: string;
  details: Record<string, unknown>;
}

interface Runtime {
  version: string;
  versions: Record<string, string | undefined>;
  platform: string;
  arch: string;
}

const FAILURES =
  /could not locate the bindings file|no native build was found|compiled against a different node|invalid elf header|not a valid win32|mach-o|\.node['"]?/i;
const CODES: ReadonlySet<string> = new Set(["ERR_DLOPEN_FAILED", "MODULE_NOT_FOUND", "ERR_MODULE_NOT_FOUND"]);

/**
 * What to say when the error means that SQLite's binary part is missing or was made for another Node or system; undefined
 * when it means anything else.
 */
export function nativeModuleTrouble(error: unknown): NativeModuleTrouble | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, message } = error as Error & { code?: string };
  const isAboutIt = message.includes("better-sqlite3") || message.includes("better_sqlite3");
  if (!isAboutIt || !((code !== undefined && CODES.has(code)) || FAILURES.test(message))) return undefined;
  const file = /[^\s'"]*better_sqlite3[^\s'"]*\.node/.exec(message)?.[0] ?? "better-sqlite3";
  // The first number is the one that the file was made for, the second the one that runs.
  const made_for = /NODE_MODULE_VERSION (\d+)/.exec(message)?.[1] ?? null;
  // The page shares the errors, has no process and never gets here.
  const { version, versions, platform, arch } = (globalThis as unknown as { process: Runtime }).process;
  const runs = `Node ${version} (ABI ${versions["modules"]}, ${platform}-${arch})`;
  const what = made_for === null ? "cannot be loaded by" : `was made for ABI ${made_for} and cannot be loaded by`;
  return {
    message: `SQLite's native module ${file} ${what} ${runs}`,
    hint: "type `npm rebuild better-sqlite3` (pnpm: `pnpm rebuild better-sqlite3`) with this Node, or install Conveyor again with it",
    details: { file, made_for_abi: made_for, reason: message.split("\n", 1)[0] },
  };
}
