import { type Conveyor, connect } from "@conveyor/sdk";
import type { Answer, Path } from "../support/world/answers.ts";
import { told } from "../support/world/process.ts";
import { type Refusal, World } from "../support/world/world.ts";
import type { Show } from "./show.ts";
import type { Worker, WorkerKind } from "./worker.ts";

type Item = Answer<"inbox.onItem">;

/** A completion as the manager's subscription brought it, and when. */
export interface Heard {
  item: Item;
  /** Milliseconds since 1970. */
  at: number;
}

/** How long the manager waits for the worker's completion, in milliseconds. */
const COMPLETION_LIMIT_MS = 60_000;

/** What the steps share: the system, who takes part, and what was learned on the way. */
export class Story {
  readonly world: World;
  readonly show: Show;
  readonly worker_kind: WorkerKind;
  worker: Worker | undefined;
  /** Set by the step that needs it later. */
  criterion_id = 0;
  cycle_id = 0;
  #manager: Conveyor | undefined;
  #heard: Promise<Heard> | undefined;
  #stopListening = new AbortController();

  private constructor(world: World, show: Show, kind: WorkerKind) {
    this.world = world;
    this.show = show;
    this.worker_kind = kind;
  }

  /** An empty stage in this folder, which is left there in the end. */
  static async open(root: string, show: Show, kind: WorkerKind): Promise<Story> {
    return new Story(await World.start({ root, dispatch: "in the server" }), show, kind);
  }

  /** The worker, once it was started. */
  get agent(): Worker {
    if (this.worker === undefined) throw new Error("the worker was not started");
    return this.worker;
  }

  /** Type a command that must succeed. */
  ask<P extends Path>(...argv: string[]): Promise<Answer<P>> {
    this.show.typed(argv);
    return this.world.ask<P>(...argv);
  }

  /** Type a command that must be refused. */
  refused(...argv: string[]): Promise<Refusal> {
    this.show.typed(argv);
    return this.world.refused(...argv);
  }

  /** Type a command for people to read. */
  async read(...argv: string[]): Promise<string> {
    const ran = await this.world.cli(...argv);
    if (ran.code !== 0) throw new Error(told(ran));
    return ran.stdout;
  }

  /** The manager's program: subscribed to its inbox through the server's WebSocket. */
  async listen(): Promise<void> {
    const { server } = this.world;
    if (server === undefined) throw new Error("there is no server to subscribe at");
    this.#manager = await connect({ server: server.url, token: this.world.token });
    this.#heard = this.#firstCompletion(this.#manager);
    this.#heard.catch(() => {});
  }

  /** The completion, when it has come. */
  async heard(): Promise<Heard> {
    if (this.#heard === undefined) throw new Error("nobody listens");
    const tooLong = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error("no completion came")), COMPLETION_LIMIT_MS).unref();
    });
    return Promise.race([this.#heard, tooLong]);
  }

  async close(): Promise<void> {
    this.#stopListening.abort();
    await this.#manager?.close();
    await this.worker?.stop();
    await this.world.close();
  }

  async #firstCompletion(manager: Conveyor): Promise<Heard> {
    const items = manager.inbox.onItem({ task: "greeting", role: "manager" }, { signal: this.#stopListening.signal });
    for await (const item of items) {
      if (item.signal_type === "worker_task_complete") return { item, at: Date.now() };
    }
    throw new Error("the subscription ended before the completion came");
  }
}
