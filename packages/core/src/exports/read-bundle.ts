import type { BundleManifest } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { bundleManifest } from "@conveyor/contracts/exports/entities";
import { BUNDLE_FORMAT } from "@conveyor/contracts/exports/words";
import { bundleRows, SCHEMA_VERSION } from "@conveyor/store";
import { MANIFEST } from "./bundle-files.ts";
import {
  type BundleSource,
  checkedBytes,
  invalidBundle,
  MOST_BUNDLE_BYTES,
  MOST_MANIFEST_BYTES,
} from "./bundle-source.ts";

/** Longest row, in bytes. */
const MOST_ROW_BYTES = 64 * 1024 * 1024;
const LINE_BREAK = 10;

/**
 * The manifest of a bundle, and the assurance that it names exactly the files that are there. Throws `bundle_invalid`, and
 * `ledger_unsupported` for one that a newer version wrote.
 */
export async function readManifest(source: BundleSource): Promise<{ manifest: BundleManifest; text: string }> {
  const size = source.sizes.get(MANIFEST);
  if (size === undefined) throw invalidBundle(`it has no ${MANIFEST}, so it is no bundle`);
  if (size > MOST_MANIFEST_BYTES) throw invalidBundle("is too long", MANIFEST);
  const text = await wholeText(source, size);
  const value = jsonOf(text, MANIFEST);
  refuseNewer(value);
  const read = bundleManifest.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw invalidBundle(`does not fit: ${issue?.path.join(".")}: ${issue?.message}`, MANIFEST);
  }
  assertSameFiles(read.data, source);
  return { manifest: read.data, text };
}

async function wholeText(source: BundleSource, size: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of (await source.open(MANIFEST)) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > size) throw invalidBundle("is longer than it says", MANIFEST);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function refuseNewer(value: unknown): void {
  const { format_version, schema_version, tool_version } = (value ?? {}) as Record<string, unknown>;
  const newer = Number(format_version) > BUNDLE_FORMAT || Number(schema_version) > SCHEMA_VERSION;
  if (!newer) return;
  throw new ConveyorError("ledger_unsupported", "the bundle was made by a newer version of Conveyor", {
    hint: "import it with the version that made it, or a newer one",
    details: { format_version, schema_version, tool_version, supported: { BUNDLE_FORMAT, SCHEMA_VERSION } },
  });
}

/** What is there and not named could be anything; what is named and not there is missing. */
function assertSameFiles({ files, bytes, sha256 }: BundleManifest, source: BundleSource): void {
  const named = new Set(files);
  if (named.size !== files.length) throw invalidBundle("names a file twice", MANIFEST);
  let total = 0;
  for (const name of files) {
    const size = source.sizes.get(name);
    if (size === undefined) throw invalidBundle("is missing", name);
    if (bytes[name] === undefined || sha256[name] === undefined)
      throw invalidBundle("has no hash in the manifest", name);
    if (size !== bytes[name]) throw invalidBundle("is not as long as the manifest says", name);
    total += size;
  }
  if (total > MOST_BUNDLE_BYTES) throw invalidBundle("it is larger than any export");
  for (const name of source.sizes.keys()) {
    if (name !== MANIFEST && !named.has(name)) throw invalidBundle("is not named in the manifest", name);
  }
  for (const { file } of bundleRows.BUNDLE_TABLES) {
    if (!named.has(file)) throw invalidBundle("is missing", file);
  }
}

/** Read a file to its end, only to see that it is whole. Throws `bundle_invalid`. */
export async function checkFile(source: BundleSource, manifest: BundleManifest, name: string): Promise<void> {
  for await (const _chunk of checkedBytes(source, name, expectedOf(manifest, name)));
}

/** The rows of a table, one after the other. Throws `bundle_invalid`. */
export async function* bundleRowsOf(
  source: BundleSource,
  manifest: BundleManifest,
  name: string,
): AsyncGenerator<Record<string, unknown>> {
  let row = 0;
  for await (const line of linesOf(checkedBytes(source, name, expectedOf(manifest, name)), name)) {
    // A list begins and ends with a line of its own; in between stands a row a line.
    if (line === "[" || line === "]" || line === "[]" || line === "") continue;
    const text = line.endsWith(",") ? line.slice(0, -1) : line;
    row += 1;
    const value = jsonOf(text, name, row);
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw invalidBundle(`has something else than an object as row ${row}`, name);
    }
    yield value as Record<string, unknown>;
  }
}

async function* linesOf(bytes: AsyncIterable<Buffer>, name: string): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    let from = 0;
    for (let at = chunk.indexOf(LINE_BREAK); at >= 0; at = chunk.indexOf(LINE_BREAK, from)) {
      yield Buffer.concat([...rest, chunk.subarray(from, at)]).toString("utf8");
      rest = [];
      length = 0;
      from = at + 1;
    }
    rest.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > MOST_ROW_BYTES) throw invalidBundle("has a row that is too long", name);
  }
  yield Buffer.concat(rest).toString("utf8");
}

function expectedOf({ bytes, sha256 }: BundleManifest, name: string): { bytes: number; sha256: string } {
  return { bytes: bytes[name] ?? 0, sha256: sha256[name] ?? "" };
}

function jsonOf(text: string, name: string, row?: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidBundle(row === undefined ? "is not JSON" : `is not JSON in row ${row}`, name, error);
  }
}
