import { createHash } from "node:crypto";
import type { Check, CheckRun, Subject } from "@conveyor/contracts";
import { canonicalJson, maskSecrets } from "@conveyor/store";

export const STATEMENT = "https://in-toto.io/Statement/v1";
export const RECEIPT = "https://github.com/agent-conveyor/agent-conveyor/receipt/v1";
export const TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1";

/** A check as a receipt tells it, with its newest run and without what that printed. */
export interface ReceiptCheck {
  id: number;
  name: string;
  kind: string;
  revision: number;
  accepted_by: string | null;
  definition: object;
  definition_sha256: string;
  /** Hash of the files that it covers, as they were when the receipt was made. */
  covers_hash: string;
  run:
    | (Pick<CheckRun, "id" | "state" | "reason" | "check_revision" | "subject" | "isolated"> & Record<string, unknown>)
    | null;
}

/** What our predicate says (spec 09 §9.6). */
export interface ReceiptPredicate {
  product: { name: "conveyor"; version: string };
  made_at: string;
  host_id: string;
  task: { id: string; name: string; state: string };
  proof_policy: string;
  criteria: {
    id: number;
    criterion: string;
    status: string;
    state: string;
    reason: string;
    waiver: { by: string; rationale: string; created_at: string } | null;
    checks: ReceiptCheck[];
  }[];
  decisions: { id: number; decision: string; reason: string; created_at: string }[];
  /** The gates of the finish; null while the task is not finished. */
  finish: Record<string, unknown> | null;
  /** The head of the ledger's chained audit: a later change of any entry up to it gives another (`audit --verify --head`). */
  audit: { chain: "ledger"; events: number; last_seq: number; head: string };
}

export interface InTotoStatement<Predicate = unknown> {
  _type: string;
  subject: { name: string; digest: Record<string, string> }[];
  predicateType: string;
  predicate: Predicate;
}

/** The files of a tree as in-toto names them. Pure. */
export function subjectDigest(
  name: string,
  kind: "git" | "folder",
  { tree, commit }: Pick<Subject, "tree" | "commit">,
): InTotoStatement["subject"][number] {
  if (kind === "folder") return { name, digest: { sha256: tree } };
  return { name, digest: { gitTree: tree, ...(commit !== null && { gitCommit: commit }) } };
}

/** A check and its newest run in a receipt. Pure. */
export function receiptCheck(check: Check, run: CheckRun | null, covers_hash: string): ReceiptCheck {
  const { id, name, kind, revision, accepted_by, spec, covers, guards, timeout_seconds, network, isolated, repeat } =
    check;
  const definition = maskSecrets({ spec, covers, guards, timeout_seconds, network, isolated, repeat });
  const definition_sha256 = sha256(canonicalJson(definition));
  if (run === null) return { id, name, kind, revision, accepted_by, definition, definition_sha256, covers_hash, run };
  const { state, reason, check_revision, subject, started_at, ended_at, duration_ms, exit_code } = run;
  const { output_sha256, output_bytes, sandbox, runner, actor } = run;
  return {
    ...{ id, name, kind, revision, accepted_by, definition, definition_sha256, covers_hash },
    run: {
      ...{ id: run.id, state, reason, check_revision, subject, isolated: run.isolated },
      ...{ started_at, ended_at, duration_ms, exit_code, output_sha256, output_bytes, sandbox, runner, actor },
    },
  };
}

/** The receipt, and a test result for each command check that was run (spec 09 §9.6). Pure. */
export function statementsOf(subject: InTotoStatement["subject"], predicate: ReceiptPredicate): InTotoStatement[] {
  const ran = predicate.criteria
    .flatMap(({ checks }) => checks)
    .filter(({ kind, run }) => kind === "command" && run !== null);
  const digestName = subject[0]?.digest["sha256"] === undefined ? "gitTree" : "sha256";
  return [
    { _type: STATEMENT, subject, predicateType: RECEIPT, predicate },
    ...ran.map((check) => {
      const passed = check.run?.state === "passed";
      return {
        _type: STATEMENT,
        subject: [{ name: subject[0]?.name ?? "", digest: { [digestName]: check.run?.subject.tree ?? "" } }],
        predicateType: TEST_RESULT,
        predicate: {
          result: passed ? "PASSED" : "FAILED",
          configuration: [{ name: check.name, digest: { sha256: check.definition_sha256 } }],
          passedTests: passed ? [check.name] : [],
          warnedTests: [],
          failedTests: passed ? [] : [check.name],
        },
      };
    }),
  ];
}

/**
 * In what a receipt contradicts itself: a criterion that is verified by runs that are none of passes of the present
 * definition on the files of the receipt, test results that no run stands behind. Empty when in nothing. Pure.
 */
export function contradictions([receipt, ...results]: readonly InTotoStatement[]): string[] {
  const found: string[] = [];
  const { criteria } = (receipt as InTotoStatement<ReceiptPredicate>).predicate;
  const tree = receipt?.subject[0]?.digest;
  const checks = criteria.flatMap((criterion) => criterion.checks);
  for (const criterion of criteria.filter(({ state }) => state === "verified")) {
    const accepted = criterion.checks.filter(({ accepted_by }) => accepted_by !== null);
    const isProven = ({ run, revision, covers_hash }: ReceiptCheck) =>
      run !== null &&
      run.state === "passed" &&
      run.check_revision === revision &&
      run.subject.covers_hash === covers_hash;
    if (accepted.length === 0 || !accepted.every(isProven))
      found.push(`criterion #${criterion.id} is called verified and is not`);
  }
  for (const criterion of criteria.filter(({ state }) => state === "waived")) {
    if (criterion.waiver === null) found.push(`criterion #${criterion.id} is called waived and nobody waived it`);
  }
  for (const check of checks) {
    if (check.definition_sha256 !== sha256(canonicalJson(check.definition)))
      found.push(`check ${check.name} has another definition`);
  }
  const ran = checks.filter(({ kind, run }) => kind === "command" && run !== null);
  if (results.length !== ran.length)
    found.push(`${results.length} test results stand beside ${ran.length} checks that were run`);
  for (const { predicateType, predicate } of results) {
    const { result, configuration } = (predicate ?? {}) as {
      result?: string;
      configuration?: InTotoStatement["subject"];
    };
    const check = ran.find(({ definition_sha256, name }) => {
      const [one] = configuration ?? [];
      return one?.name === name && one.digest["sha256"] === definition_sha256;
    });
    const expected = check?.run?.state === "passed" ? "PASSED" : "FAILED";
    if (predicateType !== TEST_RESULT || check === undefined || result !== expected)
      found.push("a test result has no run behind it");
  }
  if (tree === undefined) found.push("it names no files");
  return found;
}

/** The receipt as a table for the description of a pull request. Pure. */
export function receiptTable({ task, criteria, finish }: ReceiptPredicate, tree: string, keyid: string): string {
  const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
  const rows = criteria.map(({ criterion, state, checks, waiver }) => {
    const by =
      waiver !== null && state === "waived"
        ? `waived by ${waiver.by}: ${waiver.rationale}`
        : checks.map(({ name }) => name).join(", ");
    return `| ${cell(criterion)} | ${state} | ${cell(by)} |`;
  });
  return [
    `**${cell(task.name)}**: ${finish === null ? "checked" : "finished"}`,
    "",
    "| criterion | proof | by |",
    "| --- | --- | --- |",
    ...rows,
    "",
    `Files \`${tree}\`, signed with \`${keyid.slice(0, 16)}\`.`,
    "",
  ].join("\n");
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
