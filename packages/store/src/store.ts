import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ConveyorError } from "@conveyor/contracts/errors";
import { ChangeSignal } from "./changes.ts";
import { isBusy, isDurable, openHandle, translateSqliteError } from "./connection.ts";
import type { PrismaClient } from "./generated/prisma/client.ts";
import type { Handle } from "./handle.ts";
import { displaced, LedgerFiles, type Whereabouts } from "./ledger-files.ts";
import { Mutex } from "./mutex.ts";
import { prepareLedger } from "./schema/migrate.ts";
import { type EventListener, FastTx, ReadTx, WriteTx } from "./transaction.ts";

/** How long a writer waits while no other process gets on before it gives up with `ledger_busy`, in milliseconds (spec 07 §7.4). */
const LOCK_WAIT_MS = 5000;
/** How long it waits in a queue that moves, in milliseconds. */
const QUEUE_WAIT_MS = 60_000;
/** How long one attempt to begin may block this process's event loop, in milliseconds. */
const LOCK_ATTEMPT_MS = 25;

export interface StoreOptions {
  /** Absolute path of the ledger file. */
  path: string;
  /** Make the file when it is missing; otherwise a missing one is `ledger_missing`. */
  create: boolean;
  /** Supplies the time of everything that is written. */
  clock: { iso(): string };
  /** The host that a new ledger belongs to, not asked for one that exists (spec 11). Default: none, until it is adopted. */
  host_id?: (() => string) | undefined;
  /**
   * Acknowledge a commit only when it is on the disk, so that a power cut takes nothing that was answered. Otherwise it may
   * take the newest commits, never one without all later ones; the ledger stays sound either way. Default: no.
   */
  durable?: boolean | undefined;
  /** How long a writer waits for the lock, in milliseconds. */
  lock_wait_ms?: number;
  /** Called with every event that is told; what it throws ends the transaction. For tests. */
  told?: EventListener | undefined;
}

/**
 * One open ledger. All access goes through `read`, `write` and `fast`; each is one transaction, and within this
 * process they run one after another on one connection. Writers begin IMMEDIATE and wait for other processes without
 * blocking the event loop. Nothing is answered from, or acknowledged as written to, a file that is no longer the one at
 * the ledger's path: each throws `ledger_replaced` then.
 */
export class Store {
  readonly path: string;
  readonly changes: ChangeSignal;
  readonly #handle: Handle;
  readonly #clock: { iso(): string };
  readonly #lockWaitMs: number;
  readonly #told: EventListener | undefined;
  readonly #files: LedgerFiles;
  readonly #mutex = new Mutex();
  #prisma: Promise<PrismaClient> | undefined;
  #closed = false;

  private constructor(handle: Handle, options: StoreOptions) {
    this.#handle = handle;
    this.path = options.path;
    this.#clock = options.clock;
    this.#lockWaitMs = options.lock_wait_ms ?? LOCK_WAIT_MS;
    this.#told = options.told;
    this.changes = new ChangeSignal(handle, options.path);
    this.#files = new LedgerFiles(options.path);
  }

  /** Open the ledger, create or migrate it as spec 07 §7.4 says. Throws `ledger_missing`, `ledger_invalid`, `ledger_unsupported`, `ledger_unwritable`, `ledger_busy`. */
  static open(options: StoreOptions): Store {
    const handle = openHandle(options.path, { create: options.create, durable: options.durable });
    try {
      prepareLedger(handle, { path: options.path, now: options.clock.iso(), host_id: options.host_id });
      return new Store(handle, options);
    } catch (error) {
      handle.close();
      throw translateSqliteError(error, options.path);
    }
  }

  /** The connection itself, for the ledger's health report. Never written through. */
  get handle(): Handle {
    return this.#handle;
  }

  /** Whether what this store acknowledges as written outlives a power cut; see `StoreOptions.durable`. */
  get durable(): boolean {
    return isDurable(this.#handle);
  }

  /** Whether the open files are still those at the ledger's path. A log of ours is put aside if it is another ledger's turn. */
  whereabouts(): Whereabouts {
    const found = this.#files.look();
    if (found === "replaced") this.#files.setLogAside();
    return found;
  }

  #assertInPlace(options: { committed: boolean }): void {
    const error = displaced(this.whereabouts(), { path: this.path, ...options });
    if (error !== undefined) throw error;
  }

  /** One consistent view of the ledger for the time of `fn`. */
  async read<T>(fn: (tx: ReadTx) => Promise<T>): Promise<T> {
    const prisma = await this.#client();
    return this.#mutex.run(() =>
      this.#transact("DEFERRED", () => new ReadTx(this.#handle, this.#clock.iso(), prisma), fn),
    );
  }

  /** One transaction for a mutation: rows, audit events and telemetry events stand or fall together. */
  async write<T>(fn: (tx: WriteTx) => Promise<T>): Promise<T> {
    const prisma = await this.#client();
    const result = await this.#mutex.run(async () => {
      await this.#beginImmediate();
      return this.#transact("BEGUN", () => new WriteTx(this.#handle, this.#clock.iso(), prisma, this.#told), fn);
    });
    this.changes.announce();
    return result;
  }

  /**
   * One transaction of hand-written statements only, without loading Prisma and without a pause inside: for the paths
   * that run thousands of times (claims, deliveries, ingest, consumption). `fn` must not return a promise.
   */
  async fast<T>(fn: (tx: FastTx) => T): Promise<T> {
    const result = await this.#mutex.run(async () => {
      await this.#beginImmediate();
      const tx = new FastTx(this.#handle, this.#clock.iso(), this.#told);
      try {
        this.#assertInPlace({ committed: false });
        const value = fn(tx);
        tx.finish();
        this.#handle.exec("COMMIT");
        this.#assertInPlace({ committed: tx.wrote });
        return { value, wrote: tx.wrote };
      } catch (error) {
        throw this.#rolledBack(error);
      }
    });
    if (result.wrote) this.changes.announce();
    return result.value;
  }

  /** A look at the ledger with hand-written statements only; sees one consistent state because it is synchronous. */
  async peek<T>(fn: (tx: FastTx) => T): Promise<T> {
    return this.#mutex.run(() => {
      this.#assertOpen();
      try {
        this.#handle.exec("BEGIN");
        const value = fn(new FastTx(this.#handle, this.#clock.iso()));
        this.#handle.exec("COMMIT");
        this.#assertInPlace({ committed: false });
        return value;
      } catch (error) {
        throw this.#rolledBack(error);
      }
    });
  }

  /**
   * After content was dropped: bring what the write-ahead log holds into the file, and with `vacuum` write the file anew
   * without its holes. Returns how many bytes the file shrank by. Throws `ledger_busy` when another process uses the
   * ledger, `ledger_unwritable` when the disk has no room for the copy.
   */
  async compact(options: { vacuum: boolean }): Promise<number> {
    return this.#mutex.run(() => {
      this.#assertOpen();
      try {
        const before = this.#pages();
        if (options.vacuum) this.#handle.exec("VACUUM");
        this.#handle.pragma("wal_checkpoint(PASSIVE)");
        return before - this.#pages();
      } catch (error) {
        throw translateSqliteError(error, this.path);
      }
    });
  }

  /** Size of the ledger in bytes, whether in the file or still in the log. */
  #pages(): number {
    return (
      Number(this.#handle.pragma("page_count", { simple: true })) *
      Number(this.#handle.pragma("page_size", { simple: true }))
    );
  }

  /** Wait for what is running, then let go of the file. */
  async close(): Promise<void> {
    if (this.#closed) return;
    await this.#mutex.run(async () => {
      this.#closed = true;
      this.changes.close();
      if (this.#prisma !== undefined) await (await this.#prisma).$disconnect();
      this.#handle.close();
    });
  }

  async #client(): Promise<PrismaClient> {
    this.#prisma ??= this.#loadClient();
    return this.#prisma;
  }

  async #loadClient(): Promise<PrismaClient> {
    const { createPrismaClient } = await import("./prisma.ts");
    const prisma = createPrismaClient(this.#handle);
    try {
      // Prisma loads its query compiler with the first query. Inside a write transaction that would keep every other
      // process waiting, on a busy machine for seconds.
      await prisma.ledger_info.findFirst({ select: { key: true } });
      return prisma;
    } catch (error) {
      this.#prisma = undefined;
      throw translateSqliteError(error, this.path);
    }
  }

  async #transact<Tx extends ReadTx, T>(
    begin: "DEFERRED" | "BEGUN",
    makeTx: () => Tx,
    fn: (tx: Tx) => Promise<T>,
  ): Promise<T> {
    this.#assertOpen();
    try {
      if (begin === "DEFERRED") this.#handle.exec("BEGIN DEFERRED");
      else this.#assertInPlace({ committed: false });
      const tx = makeTx();
      const value = await fn(tx);
      tx.finish();
      this.#handle.exec("COMMIT");
      this.#assertInPlace({ committed: begin === "BEGUN" });
      return value;
    } catch (error) {
      throw this.#rolledBack(error);
    }
  }

  /**
   * Begin a write transaction, waiting in short attempts so that timers and sockets go on while another process writes.
   * Fifty writers at once are a queue, not a lock: as long as others commit, the wait begins anew.
   */
  async #beginImmediate(): Promise<void> {
    this.#assertOpen();
    const begun = performance.now();
    let progress = begun;
    let version = this.#dataVersion();
    for (;;) {
      try {
        this.#handle.pragma(`busy_timeout = ${LOCK_ATTEMPT_MS}`);
        this.#handle.exec("BEGIN IMMEDIATE");
        return;
      } catch (error) {
        const now = performance.now();
        if (version !== this.#dataVersion()) {
          version = this.#dataVersion();
          progress = now;
        }
        const isPatient = now < progress + this.#lockWaitMs && now < begun + QUEUE_WAIT_MS;
        if (!isBusy(error) || !isPatient) throw translateSqliteError(error, this.path);
      } finally {
        this.#handle.pragma("busy_timeout = 5000");
      }
      await sleep(randomInt(1, 15));
    }
  }

  /** Changes whenever another connection commits. */
  #dataVersion(): unknown {
    return this.#handle.pragma("data_version", { simple: true });
  }

  #rolledBack(error: unknown): unknown {
    if (this.#handle.open && this.#handle.inTransaction) this.#handle.exec("ROLLBACK");
    return translateSqliteError(error, this.path);
  }

  #assertOpen(): void {
    if (this.#closed) throw new ConveyorError("internal", "the ledger was closed while it was still in use");
  }
}
