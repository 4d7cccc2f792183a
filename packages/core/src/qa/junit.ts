import type { QaResult } from "@conveyor/contracts";
import type { QaCheck } from "./stage/checks.ts";

/** A played or skipped scenario, as a report in the form of JUnit needs it. */
export interface JunitSuite {
  scenario: string;
  result: QaResult;
  reason: string | null;
  duration_ms: number;
  checks: readonly QaCheck[];
}

/**
 * The results in the form of JUnit, which continuous integration reads: a suite for each scenario, a case for each check. A
 * scenario without checks, because it was skipped or failed before the first one, is a case of its own. Pure.
 */
export function junitReport(suites: readonly JunitSuite[]): string {
  const cases = suites.flatMap(casesOf);
  const failures = cases.filter(({ failure }) => failure !== null).length;
  const skipped = cases.filter(({ skip }) => skip !== null).length;
  const all = `tests="${cases.length}" failures="${failures}" skipped="${skipped}"`;
  const time = seconds(suites.reduce((sum, { duration_ms }) => sum + duration_ms, 0));
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="conveyor qa-run" ${all} errors="0" time="${time}">
${suites.map(suiteXml).join("\n")}
</testsuites>
`;
}

interface Case {
  name: string;
  failure: string | null;
  skip: string | null;
}

function casesOf({ scenario, result, reason, checks }: JunitSuite): Case[] {
  const own = checks.map(({ name, status, ...facts }) => ({
    name,
    failure: status === "failed" ? `${String(facts["invariant"] ?? reason ?? "it does not hold")}` : null,
    skip: null,
  }));
  const isTold = result === "passed" || own.some(({ failure }) => failure !== null);
  if (isTold) return own;
  const why = reason ?? result;
  return [
    ...own,
    { name: scenario, failure: result === "failed" ? why : null, skip: result === "skipped" ? why : null },
  ];
}

function suiteXml(suite: JunitSuite): string {
  const cases = casesOf(suite);
  const failures = cases.filter(({ failure }) => failure !== null).length;
  const skipped = cases.filter(({ skip }) => skip !== null).length;
  const counts = `tests="${cases.length}" failures="${failures}" skipped="${skipped}" errors="0"`;
  const rows = cases.map((own) => caseXml(suite.scenario, own));
  return [
    `  <testsuite name="${xml(suite.scenario)}" ${counts} time="${seconds(suite.duration_ms)}">`,
    ...rows,
    "  </testsuite>",
  ].join("\n");
}

function caseXml(scenario: string, { name, failure, skip }: Case): string {
  const open = `    <testcase classname="qa-run.${xml(scenario)}" name="${xml(name)}"`;
  if (failure !== null) return `${open}><failure message="${xml(failure)}"/></testcase>`;
  if (skip !== null) return `${open}><skipped message="${xml(skip)}"/></testcase>`;
  return `${open}/>`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
/** What XML 1.0 cannot hold, not even as a reference. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is replaced here
const NO_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

function xml(text: string): string {
  const whole = Buffer.from(text).toString().replace(NO_XML, "?");
  return whole.replace(/[&<>"]/g, (character) => ENTITIES[character] as string);
}
