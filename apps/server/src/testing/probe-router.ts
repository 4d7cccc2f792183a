import { EventEmitter, once } from "node:events";
import type { InboxDocument, InboxItem } from "@conveyor/contracts";
import { mutation, query, router, subscription } from "@conveyor/router";

/** Numbered items that outlive any server, as the rows of a ledger do, and what the probes were asked. */
export class Source {
  readonly #grown = new EventEmitter().setMaxListeners(0);
  #length = 0;
  /** Size of the text in each item, in characters. */
  readonly item_size: number;
  /** How many items the streams have made so far. */
  made = 0;
  /** How many waiting calls and streams run right now. */
  running = 0;

  constructor(item_size = 10) {
    this.item_size = item_size;
  }

  add(count: number): void {
    this.#length += count;
    this.#grown.emit("grown");
  }

  async *items(after: number, signal: AbortSignal): AsyncGenerator<{ id: string; data: InboxItem }> {
    this.running += 1;
    try {
      for (let id = after + 1; !signal.aborted; ) {
        if (id > this.#length) {
          await once(this.#grown, "grown", { signal }).catch(() => {});
          continue;
        }
        this.made += 1;
        yield { id: String(id), data: messageOf(id, this.item_size) };
        id += 1;
      }
    } finally {
      this.running -= 1;
    }
  }

  /** Wait until aborted, then answer as an interrupted inbox does. */
  async wait(signal: AbortSignal): Promise<InboxDocument> {
    this.running += 1;
    if (!signal.aborted) await once(signal, "abort");
    this.running -= 1;
    return {
      consumed: null,
      items: [],
      pending_count: 0,
      other_bindings_pending_count: 0,
      session: { id: "session-1", name: "worker", role: "worker" },
      wait: {
        enabled: true,
        elapsed_seconds: 0,
        interval_seconds: 2,
        poll_count: 1,
        timed_out: false,
        timeout_seconds: 30,
      },
      interrupted: true,
    };
  }
}

function messageOf(id: number, size: number): InboxItem {
  const at = "2026-01-01T00:00:00.000Z";
  const [source, target] = ["session-1", "session-2"];
  return {
    id,
    task_id: "task-1",
    task_name: "task",
    binding_id: "binding-1",
    correlation_id: `dispatch-${id}`,
    source_session_id: source,
    source_session_name: "manager",
    source_session_role: "manager",
    target_session_id: target,
    target_session_name: "worker",
    target_session_role: "worker",
    signal_type: "nudge_worker",
    source_event_id: null,
    source_event_timestamp: null,
    dedupe_key: String(id),
    command_id: `command-${id}`,
    created_at: at,
    delivered_at: at,
    consumed_at: null,
    consumed_by_session_id: null,
    consumed_manager_cycle_id: null,
    ack_due_at: null,
    delivery_count: 1,
    delivery_mode: "pull_required",
    state: "delivered",
    claimed_by: null,
    claimed_at: null,
    claim_expires_at: null,
    side_effect_started: false,
    side_effect_completed: false,
    payload: { message: "x".repeat(size) },
    error: null,
    transport: null,
    delivery_method: null,
    delivery_id: null,
    acknowledgement: null,
  };
}

/** A router whose inbox is fed by a source, so that tests decide when something arrives. */
export function probeRouter(source: Source) {
  return router({
    inbox: router({
      takeWorker: mutation("inbox.takeWorker", async () => ({ takeWorker: (ctx) => source.wait(ctx.signal) })),
      worker: query("inbox.worker", async () => ({
        worker: async () => {
          throw new Error("a secret reason");
        },
      })),
      onItem: subscription("inbox.onItem", async () => ({
        onItem: (ctx, _input, after) => source.items(Number(after ?? 0), ctx.signal),
      })),
    }),
    tasks: router({
      list: query("tasks.list", async () => ({
        list: async (ctx) => {
          await source.wait(ctx.signal);
          return [];
        },
      })),
    }),
  });
}
