import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Conveyor } from "@conveyor/sdk";
import { inWorld, PROGRAM, SHORT_ROLLOUT } from "../support/bench-world.ts";
import type { Measurement } from "../support/figure.ts";
import type { Options } from "../support/options.ts";
import { inTurns, median, quantile, timed } from "../support/statistics.ts";

const run = promisify(execFile);
/** Kinds of evidence that each iteration of the long loop has. */
const TYPES = [
  "build_passed",
  "lint",
  "docs",
  "types",
  "unit",
  "e2e",
  "bench",
  "review",
  "cleanup",
  "adversarial_check",
];

/**
 * A loop with a long history: what asking for its status costs as a process with a server, what its gate adds to a
 * delivered message, and what telling whether a prompt arms a gate costs beside the cheapest command.
 */
export function loops({ quick, say }: Options): Promise<Measurement[]> {
  const iterations = quick ? 50 : 1000;
  const rounds = quick ? 10 : 40;
  return inWorld(async (world) => {
    const client = await world.connect();
    const { task } = await world.pair(client, SHORT_ROLLOUT);
    say(`a loop with ${iterations} iterations and ${iterations * TYPES.length} receipts`);
    await longLoop(client, task, iterations);
    const gate = await gateCosts(client, task, rounds);
    await client.close();
    const whole = (args: readonly string[]) => run(process.execPath, args, { env: world.env, cwd: world.root });
    const classifying = await inTurns(rounds, {
      cheapest: () => timed(() => whole([PROGRAM, "manager-recipes", "--show", "ship-it-loop", "--json"])),
      classify: () => timed(() => whole([PROGRAM, "loop-triggers", "--classify", "be careful", "--json"])),
    });
    const asking = await world.withServer([], () =>
      inTurns(rounds, {
        node: () => timed(() => whole(["-e", "0"])),
        status: () => timed(() => whole([PROGRAM, "loop-status", task, "--json"])),
      }),
    );
    return [
      {
        name: "loops/status",
        what: `\`conveyor loop-status ${task} --json\` with a server running, of a loop with ${iterations} iterations and ${iterations * TYPES.length} receipts, median of ${rounds}`,
        unit: "ms",
        value: median(asking.status),
        floor: { what: "`node -e 0`, in turns with it", value: median(asking.node) },
        details: { p90: quantile(asking.status, 0.9) },
        targets: [{ of: "ratio", at: "most", limit: 2 }],
      },
      gate,
      {
        name: "loops/classify",
        what: `\`conveyor loop-triggers --classify\` embedded, median of ${rounds}`,
        unit: "ms",
        value: median(classifying.classify),
        floor: {
          what: "`conveyor manager-recipes --show`, which needs no ledger either, in turns with it",
          value: median(classifying.cheapest),
        },
        details: { p90: quantile(classifying.classify, 0.9) },
        targets: [{ of: "ratio", at: "most", limit: 1.1 }],
      },
    ];
  });
}

/** Evidence for every iteration of a loop that stands at its end but one. */
async function longLoop(client: Conveyor, task: string, iterations: number): Promise<void> {
  const metadata = {
    max_iterations: iterations * 10,
    current_iteration: iterations,
    required_before_continue: [...TYPES],
  };
  await client.loops.createRun({ task, name: "long", purpose: "ralph_loop", metadata });
  const proof = { failure_mode: "it lies", check: "looked at it", result: "it does not" };
  for (let iteration = 1; iteration <= iterations; iteration += 1) {
    for (const evidence_type of TYPES) {
      await client.loops.addEvidence({ task, loop_run: "long", iteration, evidence_type, metadata: proof });
    }
  }
}

/** The time that one pass takes for a message that a loop lets through, beside one for a message without a loop. */
async function gateCosts(client: Conveyor, task: string, rounds: number): Promise<Measurement> {
  const proof = { failure_mode: "it lies", check: "looked at it", result: "it does not" };
  const policy = { max_iterations: rounds + 5, current_iteration: 1, required_before_continue: ["adversarial_check"] };
  await client.loops.createRun({ task, name: "short", purpose: "ralph_loop", metadata: policy });
  let iteration = 1;
  const pass = () => client.dispatch.run({ once: true, no_ingest: true });
  const samples = await inTurns(rounds, {
    plain: async () => {
      await client.dispatch.enqueueNudgeWorker({ task, message: "Run the tests again" });
      const took = await timed(pass);
      await client.inbox.takeWorker({ task });
      return took;
    },
    gated: async () => {
      await client.loops.addEvidence({
        ...{ task, loop_run: "short", iteration, evidence_type: "adversarial_check", metadata: proof },
      });
      iteration += 1;
      const message = "Go on";
      await client.dispatch.enqueueContinueIteration({
        task,
        loop_run: "short",
        requested_iteration: iteration,
        message,
      });
      const took = await timed(pass);
      await client.inbox.takeWorker({ task });
      return took;
    },
  });
  const added = Math.max(0, median(samples.gated) - median(samples.plain));
  return {
    name: "loops/gate",
    what: `what the gate of a loop adds to the pass that delivers a message, median of ${rounds}`,
    unit: "ms",
    value: added,
    floor: null,
    details: { plain: median(samples.plain), gated: median(samples.gated) },
    targets: [{ of: "value", at: "most", limit: 2 }],
  };
}
