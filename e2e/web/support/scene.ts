import type { Ledger } from "./ledger.ts";

/** One step of a scene: so many seconds ago this happened. */
type Step = readonly [age: number, happen: (ledger: Ledger) => Promise<unknown>];

/** A working day of a small team of agents. */
const STEPS: readonly Step[] = [
  [93_000, (ledger) => ledger.task("login-page", "Replace the login form with passkeys")],
  [90_000, (ledger) => ledger.finish("login-page")],
  [9_400, (ledger) => ledger.task("billing-export", "Export invoices as CSV, one file per month")],
  [9_200, (ledger) => ledger.pushed("worker", "billing-worker")],
  [9_100, (ledger) => ledger.pulling("manager", "billing-manager")],
  [9_000, (ledger) => ledger.bind("billing-export", "billing-worker", "billing-manager")],
  [7_800, (ledger) => ledger.notify("billing-export", "CSV writer is done; 14 tests pass.")],
  [7_795, (ledger) => ledger.dispatch()],
  [7_700, (ledger) => ledger.take("billing-manager")],
  [7_100, (ledger) => ledger.ctx.host.tmux.kill("billing-worker")],
  [4_000, (ledger) => ledger.task("auth-refactor", "Split the auth module into session, token and policy")],
  [3_900, (ledger) => ledger.pulling("worker", "auth-worker")],
  [3_890, (ledger) => ledger.pushed("manager", "auth-manager")],
  [3_800, (ledger) => ledger.bind("auth-refactor", "auth-worker", "auth-manager")],
  [2_600, (ledger) => ledger.task("search-index", "Rebuild the search index without downtime")],
  [2_500, (ledger) => ledger.pushed("worker", "search-worker")],
  [2_480, (ledger) => ledger.pulling("manager", "search-manager")],
  [2_400, (ledger) => ledger.bind("search-index", "search-worker", "search-manager")],
  [1_500, (ledger) => ledger.notify("search-index", "Shadow index built; 2.1 million documents, no drift.")],
  [1_498, (ledger) => ledger.dispatch()],
  [900, (ledger) => ledger.nudge("auth-refactor", "Keep the old token names as aliases.")],
  [899, (ledger) => ledger.dispatch()],
  [842, (ledger) => ledger.nudge("search-index", "Good. Switch one shard over first and watch latency.")],
  [840, (ledger) => ledger.dispatch()],
  [700, (ledger) => ledger.nudge("billing-export", "Add the tax column.")],
  [698, (ledger) => ledger.dispatch()],
  [640, (ledger) => ledger.unbind("billing-export")],
  [400, (ledger) => ledger.task("docs-site", "Write the getting-started page for operators")],
  [262, (ledger) => ledger.nudge("auth-refactor", "Run the token tests against the old fixtures before you go on.")],
  [260, (ledger) => ledger.dispatch()],
  [180, (ledger) => ledger.continueWithoutEvidence("auth-refactor")],
  [179, (ledger) => ledger.dispatch()],
  [110, (ledger) => ledger.take("search-manager")],
  [95, (ledger) => ledger.take("auth-worker")],
  [90, (ledger) => ledger.answer("auth-refactor", 3, "worker", "accepted")],
  [48, (ledger) => ledger.notify("search-index", "Shard 3 reads from the new index; p95 is 41 ms, was 63 ms.")],
  [46, (ledger) => ledger.dispatch()],
  [31, (ledger) => ledger.answer("search-index", 8, "manager", "received")],
  [9, (ledger) => ledger.nudge("auth-refactor", "Then open the pull request as a draft.")],
];

/** Fill a ledger for a picture. */
export async function playScene(ledger: Ledger): Promise<void> {
  for (const [age, happen] of STEPS) {
    ledger.age = age;
    await happen(ledger);
  }
  ledger.age = 0;
}
