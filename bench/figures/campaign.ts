import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { type Conveyor, connect } from "@conveyor/sdk";
import { type BenchWorld, inWorld, PROGRAM, type Server } from "../support/bench-world.ts";
import type { Measurement } from "../support/figure.ts";
import { writeLargeCampaign } from "../support/large-campaign.ts";
import type { Options } from "../support/options.ts";
import { inTurns, median, quantile, timed } from "../support/statistics.ts";

const run = promisify(execFile);

const SIZE = { slots: 200, assignments: 5_000, assets: 20_000 };
const SUBSCRIBERS = 100;

/** The dashboard of a large campaign, and how soon a status change reaches all who follow it. */
export function campaign({ quick, say }: Options): Promise<Measurement[]> {
  return inWorld(async (world) => {
    const client = await world.connect();
    const { campaign_id } = await client.campaigns.create({ name: "large", objective: "be measured" });
    await client.close();
    writeLargeCampaign(world.ledger, campaign_id, SIZE);
    return world.withServer(["--no-dispatch"], async (server) => {
      say("the dashboard of a large campaign");
      const board = await dashboard(world, quick ? 15 : 25);
      say(`a status change to ${SUBSCRIBERS} subscribers`);
      return [board, await change(world, server, quick ? 30 : 200)];
    });
  });
}

async function dashboard(world: BenchWorld, rounds: number): Promise<Measurement> {
  const whole = (args: string[]) => () =>
    timed(() => run(process.execPath, args, { env: world.env, cwd: world.root, maxBuffer: 1 << 26 }));
  const samples = await inTurns(rounds, {
    node: whole(["-e", "0"]),
    dashboard: whole([PROGRAM, "campaign", "dashboard", "--name", "large"]),
    json: whole([PROGRAM, "campaign", "dashboard", "--name", "large", "--json"]),
  });
  return {
    name: "campaign/dashboard",
    what: `\`conveyor campaign dashboard\` with a server: ${SIZE.slots} slots, ${SIZE.assignments} assignments, ${SIZE.assets} assets; median of ${rounds}`,
    unit: "ms",
    value: median(samples.dashboard),
    floor: { what: "`node -e 0`, in turns with it", value: median(samples.node) },
    details: { json: median(samples.json) },
    targets: [{ of: "ratio", at: "most", limit: 2.5 }],
  };
}

async function change(world: BenchWorld, { url, token_file }: Server, rounds: number): Promise<Measurement> {
  const token = readFileSync(token_file, "utf8").trim();
  const audience = await Promise.all(Array.from({ length: SUBSCRIBERS }, () => connect({ server: url, token })));
  const heard = new Heard();
  const streams = audience.map((one) => heard.follow(one));
  // The change that is there already tells that a follower is really there.
  await heard.all(SUBSCRIBERS, 1);
  const sender = await world.connect();
  const { assignment_id } = await sender.campaigns.assign({
    ...{ name: "large", slot: "key-1", title: "measured", instructions: "change" },
  });
  await heard.all(SUBSCRIBERS, 2);
  heard.times.length = 0;
  const samples: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const status = round % 2 === 0 ? "active" : "blocked";
    const begun = performance.now();
    await sender.campaigns.assignment({ name: "large", assignment_id, status });
    await heard.all(SUBSCRIBERS, round + 3);
    samples.push(...heard.times.splice(0).map((time) => time - begun));
  }
  for (const one of [...audience, sender]) await one.close();
  await Promise.allSettled(streams);
  return {
    name: "campaign/change-to-100-subscribers",
    what: `from the call that changes a status to its receipt by each of ${SUBSCRIBERS} WebSocket subscribers in another process than the server; median of ${rounds} changes`,
    unit: "ms",
    value: median(samples),
    floor: null,
    details: { p99: quantile(samples, 0.99) },
    targets: [{ of: "p99", at: "most", limit: 40 }],
  };
}

/** What many followers have received. */
class Heard {
  /** When the items of this round came. */
  readonly times: number[] = [];
  #amount = 0;
  #waiting: (() => void) | undefined;
  #until = 0;

  async follow(conveyor: Conveyor): Promise<void> {
    for await (const _change of conveyor.campaigns.onChange({ name: "large", backlog: 1 })) {
      this.times.push(performance.now());
      this.#amount += 1;
      if (this.#amount >= this.#until) this.#waiting?.();
    }
  }

  /** Resolves when every one of them has had that many. */
  all(followers: number, each: number): Promise<void> {
    this.#until = followers * each;
    if (this.#amount >= this.#until) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }
}
