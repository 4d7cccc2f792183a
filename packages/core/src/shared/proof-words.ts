/** The words of a receipt that say that a check passed (spec 05 §2.3). What is no exact one of them is no pass. */
export const PASS_WORDS: ReadonlySet<string> = new Set([
  "green",
  "ok",
  "pass",
  "passed",
  "satisfied",
  "success",
  "succeeded",
]);

/**
 * Whether the `status` of an evidence object leaves the evidence standing: absent, null, or exactly a pass word. "not ok",
 * "blocked", a Cyrillic look-alike or another type of value does not (spec 00, ruling 8). Pure.
 */
export function isNoObjection(status: unknown): boolean {
  if (status === undefined || status === null) return true;
  return typeof status === "string" && PASS_WORDS.has(status.trim().toLowerCase());
}

/** Whether a value is text in which a reader sees a word: a letter or a digit that is not drawn as nothing. Pure. */
export function saysSomething(value: unknown): value is string {
  return typeof value === "string" && /[\p{L}\p{N}]/u.test(value.replace(/\p{Default_Ignorable_Code_Point}/gu, ""));
}

const STRUCTURE = ["failure_mode", "check", "result"] as const;

/**
 * Whether an evidence object tells of a check that tried to break the work and failed to (spec 04 §3.3): what could go
 * wrong, how it was looked for, what came out, and no word against it. Pure.
 */
export function isAdversarialEvidence(evidence: Readonly<Record<string, unknown>>): boolean {
  return STRUCTURE.every((key) => saysSomething(evidence[key])) && isNoObjection(evidence["status"]);
}

/** Who may speak for the work besides the one who did it (spec 04 §3.3). */
const INDEPENDENT_SOURCES: ReadonlySet<string> = new Set(["user_requested", "manager_inferred", "final_audit"]);

/** Whether a criterion or receipt comes from somebody else than the worker whose work it is about. Pure. */
export function isIndependent(source: unknown): boolean {
  return typeof source === "string" && INDEPENDENT_SOURCES.has(source);
}

/** The words of a receipt that say that a check failed (spec 05 §2.3). All others that are no pass are rejected as well. */
const FAIL_WORDS: ReadonlySet<string> = new Set(["error", "errored", "fail", "failed", "failure", "rejected"]);

/** What a status that somebody gave means (spec 05 §2.3); what is no known word is rejected, and doubtful. Pure. */
export function readStatus(status: string): { passed: boolean; recognised: boolean } {
  const word = status.trim().toLowerCase();
  const passed = PASS_WORDS.has(word);
  return { passed, recognised: passed || FAIL_WORDS.has(word) };
}

/** What evidence lacks to stand under a strict policy (spec 04 §8, 4): a command, and a status that says it passed. Pure. */
export function evidenceProblem(evidence: Readonly<Record<string, unknown>>): string | null {
  if (!saysSomething(evidence["command"])) return "it names no command";
  const { status } = evidence;
  if (typeof status !== "string") return "it has no status";
  return PASS_WORDS.has(status.trim().toLowerCase())
    ? null
    : `its status ${JSON.stringify(status)} does not say that it passed`;
}
