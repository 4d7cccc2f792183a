import { createHash } from "node:crypto";
import { canonicalJson } from "@conveyor/contracts/json";

/** Hashes audit entries one after the other, each together with the hash of the one before, as a receipt does (spec 09 §9.6). */
export class AuditChain {
  #events = 0;
  #last_seq = 0;
  #head = "";

  add(row: Readonly<Record<string, unknown>>): void {
    this.#head = createHash("sha256")
      .update(`${this.#head}\n${canonicalJson(row)}`)
      .digest("hex");
    this.#events += 1;
    this.#last_seq = Number(row["seq"]);
  }

  get facts(): { events: number; last_seq: number; head: string } {
    return { events: this.#events, last_seq: this.#last_seq, head: this.#head };
  }
}
