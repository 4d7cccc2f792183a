import { createHash } from "node:crypto";
import { closeSync, readFileSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { isDeeperThan, JSON_LEVELS } from "@conveyor/contracts/limits";
import { openRegular } from "@conveyor/files";
import { realPath } from "@conveyor/host";
import { canonicalJson } from "@conveyor/store";
import type { ArtifactRule, CoverageRule, ImageRule, JsonRule, JunitRule } from "./artifact-rules.ts";
import type { ArtifactSpec } from "./definition.ts";
import { failedVerdict, PASSED_VERDICT, type Verdict } from "./verdict.ts";

/** An artifact that a run looked at. */
export interface SeenArtifact {
  path: string;
  sha256: string;
  bytes: number;
}

/** A report is read this far; a larger one is none. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Elements of a report that are looked at. */
const MOST_ELEMENTS = 500_000;

/**
 * Whether the rule holds on an artifact (spec 09 §9.2). One that is older than `not_before_ms`, when the command before it
 * began, was left by an earlier run and is none. A file that cannot be read as what it is called does not pass.
 */
export async function artifactVerdict(
  root: string,
  spec: ArtifactSpec,
  not_before_ms: number | null,
): Promise<{ verdict: Verdict; artifact: SeenArtifact | null }> {
  const none = (verdict: Verdict) => ({ verdict, artifact: null });
  const file = join(root, spec.path);
  const real = await realpath(file).catch(() => null);
  if (real === null) return none(failedVerdict(`${spec.path} does not exist`));
  if (!`${real}/`.startsWith(`${realPath(root)}/`)) return none(failedVerdict(`${spec.path} leads out of the project`));
  const read = bytesOf(real);
  if (typeof read === "string") return none({ state: "error", reason: `${spec.path} ${read}` });
  const { bytes, mtime_ms } = read;
  if (not_before_ms !== null && mtime_ms < not_before_ms) {
    return none(failedVerdict(`${spec.path} was left by an earlier run: the command before it did not write it`));
  }
  const artifact = {
    path: spec.path,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    bytes: bytes.length,
  };
  try {
    const problem = await LOOKS[spec.type](bytes, spec.rule);
    return { verdict: problem === null ? PASSED_VERDICT : failedVerdict(`${spec.path}: ${problem}`), artifact };
  } catch {
    return { verdict: failedVerdict(`${spec.path} is no ${spec.type} that can be read`), artifact };
  }
}

/** A file within the bound, or why it cannot be read. */
function bytesOf(path: string): { bytes: Buffer; mtime_ms: number } | string {
  try {
    const { file, stats } = openRegular(path);
    try {
      if (stats.size > MOST_BYTES) return `is larger than ${MOST_BYTES} bytes`;
      return { bytes: readFileSync(file), mtime_ms: stats.mtimeMs };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return `cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown reason"})`;
  }
}

/** Says what does not hold; null when all does. Throws for what is no such file. */
type Look = (bytes: Buffer, rule: ArtifactRule) => string | null | Promise<string | null>;

const LOOKS: Readonly<Record<ArtifactSpec["type"], Look>> = {
  junit: async (bytes, rule) => junitProblem(await testCases(bytes.toString("utf8")), rule as JunitRule),
  coverage: async (bytes, rule) => {
    const { min } = rule as CoverageRule;
    const rate = await lineRate(bytes.toString("utf8"));
    return rate >= min
      ? null
      : `${(rate * 100).toFixed(2)} % of the lines are covered, not ${(min * 100).toFixed(2)} %`;
  },
  json: (bytes, rule) => jsonProblem(JSON.parse(bytes.toString("utf8")), rule as JsonRule),
  image: async (bytes, rule) => {
    const { imageSize } = await import("image-size");
    return imageProblem(imageSize(bytes), rule as ImageRule);
  },
};

/** A test of a JUnit report. */
export interface TestCase {
  name: string;
  outcome: "passed" | "failed" | "skipped";
}

/** What a list of tests lacks; a test that was skipped is not there. Pure. */
export function junitProblem(cases: readonly TestCase[], { min_tests, must_contain }: JunitRule): string | null {
  const failed = cases.filter(({ outcome }) => outcome === "failed");
  if (failed.length > 0) return `${failed.length} of ${cases.length} tests failed`;
  const ran = cases.filter(({ outcome }) => outcome === "passed");
  if (ran.length < min_tests) return `${ran.length} tests ran, not ${min_tests}`;
  const names = new Set(ran.map(({ name }) => name));
  const missing = must_contain.filter((name) => !names.has(name));
  return missing.length === 0 ? null : `${missing.length} tests are missing: ${missing.slice(0, 5).join(", ")}`;
}

type Element = Record<string, unknown>;

async function xmlDocument(text: string): Promise<Element> {
  const { XMLParser, XMLValidator } = await import("fast-xml-parser");
  if (XMLValidator.validate(text) !== true) throw new Error("no XML");
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    // A report may name entities that grow without bound; none of them is needed.
    processEntities: false,
    parseTagValue: false,
    parseAttributeValue: false,
    alwaysCreateTextNode: false,
  });
  return parser.parse(text) as Element;
}

/** Elements of this name below another, wherever they stand; bounded. */
function* elementsNamed(name: string, from: unknown, left = { count: MOST_ELEMENTS }): Generator<Element> {
  if (typeof from !== "object" || from === null) return;
  left.count -= 1;
  if (left.count < 0) throw new Error("too many elements");
  if (Array.isArray(from)) {
    for (const one of from) yield* elementsNamed(name, one, left);
    return;
  }
  for (const [key, value] of Object.entries(from)) {
    if (key === name) for (const one of Array.isArray(value) ? value : [value]) yield asElement(one);
    yield* elementsNamed(name, value, left);
  }
}

const asElement = (value: unknown): Element =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Element) : {};

async function testCases(text: string): Promise<TestCase[]> {
  const document = await xmlDocument(text);
  const suites = [...elementsNamed("testsuite", document)];
  if (suites.length === 0 && !Object.hasOwn(document, "testsuites")) throw new Error("no JUnit report");
  // A suite that says of itself that something failed is believed, also where no test of it says so.
  const told = suites.filter((suite) => Number(suite["@failures"] ?? 0) > 0 || Number(suite["@errors"] ?? 0) > 0);
  const cases = [...elementsNamed("testcase", document)].map((one): TestCase => {
    const is = (what: string) => Object.hasOwn(one, what);
    const outcome = is("failure") || is("error") ? "failed" : is("skipped") ? "skipped" : "passed";
    return { name: String(one["@name"] ?? ""), outcome };
  });
  const silent = told.length > 0 && !cases.some(({ outcome }) => outcome === "failed");
  return silent ? [...cases, { name: "", outcome: "failed" }] : cases;
}

/** The part of lines that is covered, of lcov or Cobertura. Throws for what is neither, and for one without lines. */
async function lineRate(text: string): Promise<number> {
  const sum = (key: string) =>
    [...text.matchAll(new RegExp(`^${key}:(\\d+)\\s*$`, "gm"))].reduce((total, [, count]) => total + Number(count), 0);
  if (/^LF:\d+\s*$/m.test(text)) return rateOf(sum("LH"), sum("LF"));
  const coverage = asElement((await xmlDocument(text))["coverage"]);
  const [valid, covered] = [coverage["@lines-valid"], coverage["@lines-covered"]];
  if (valid !== undefined && covered !== undefined) return rateOf(Number(covered), Number(valid));
  const rate = Number(coverage["@line-rate"] ?? Number.NaN);
  if (!(rate >= 0 && rate <= 1)) throw new Error("no coverage");
  return rate;
}

function rateOf(hit: number, found: number): number {
  if (!(found > 0) || !(hit >= 0) || hit > found) throw new Error("no coverage");
  return hit / found;
}

/** What a document lacks of a rule. Pure. */
export function jsonProblem(document: unknown, { pointer, equals }: JsonRule): string | null {
  if (isDeeperThan(document, JSON_LEVELS, { values: Number.MAX_SAFE_INTEGER })) return "it is nested too deeply";
  let at: unknown = document;
  for (const step of pointer.split("/").slice(1)) {
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return `it has no ${pointer}`;
    at = (at as Record<string, unknown>)[key];
  }
  return canonicalJson(at) === canonicalJson(equals) ? null : `${pointer || "it"} is another value`;
}

/** What a picture lacks of a rule. Pure. */
export function imageProblem(
  { width, height, type }: { width: number; height: number; type?: string | undefined },
  { min_width, min_height, format }: ImageRule,
): string | null {
  if (!(width > 0) || !(height > 0)) return "it has no size";
  if (format !== null && type !== format.toLowerCase()) return `it is ${type ?? "of no known format"}, not ${format}`;
  if (min_width !== null && width < min_width) return `it is ${width} pixels wide, not ${min_width}`;
  if (min_height !== null && height < min_height) return `it is ${height} pixels high, not ${min_height}`;
  return null;
}
