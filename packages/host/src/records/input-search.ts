import { closeSync } from "node:fs";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { RolloutBatch } from "./batch.ts";
import { openRollout, readFully } from "./file.ts";
import type { ReadRolloutOptions } from "./reader.ts";
import type { JsonObject, RolloutRecord } from "./record.ts";

/** How much of a rollout one look reads, in bytes. */
const BYTES_PER_LOOK = 16 * 1024 * 1024;
/** How much of a message it is recognised by; the reader keeps at least that of a long one. */
const KEY_LENGTH = 4_000;
const BLOCK_BYTES = 64 * 1024;
const LINE_FEED = 0x0a;

/** Where to look for a message in a rollout. */
export interface InputSearch {
  path: string;
  /** Beginning of a line; what stands before it is not looked at. */
  offset: number;
  /** What `inputKey` made of the message; content. */
  key: string;
}

/** How an agent's records are read, and what its user says in them. */
export interface InputRecords {
  read: (options: ReadRolloutOptions) => Generator<RolloutBatch, void, undefined>;
  /** The text of a message of the user; null for every other record. */
  inputText: (record: RolloutRecord, payload: JsonObject) => string | null;
}

export interface InputLook {
  found: boolean;
  /** Where to go on: just after the last complete line. */
  offset: number;
}

/** What a message is recognised by: its beginning without blanks and line ends, which composers trim and wrap. Pure. */
export function inputKey(text: string): string {
  return squeezed(text.slice(0, 2 * KEY_LENGTH)).slice(0, KEY_LENGTH);
}

/**
 * Whether the agent has recorded a message of its user that contains this one since: several messages may be taken as one.
 * Reads at most 16 MiB. Null when the file cannot be read or is shorter than it was.
 */
export function findUserInput(records: InputRecords, { path, offset, key }: InputSearch): InputLook | null {
  let end = offset;
  try {
    for (const batch of records.read({ path, offset, limit_bytes: BYTES_PER_LOOK })) {
      end = batch.next_offset;
      const isThere = batch.records.some((record, index) => {
        const said = records.inputText(record, batch.payloads[index] ?? {});
        return said !== null && squeezed(said).includes(key);
      });
      if (isThere) return { found: true, offset: end };
    }
    return { found: false, offset: end };
  } catch (thrown) {
    if (thrown instanceof ConveyorError) return null;
    throw thrown;
  }
}

/** Just after the last complete line of a rollout; 0 for one that is still to be written, null for one that cannot be read. */
export function endOfRollout(path: string): number | null {
  try {
    const { fd, size } = openRollout(path);
    try {
      for (let end = size; end > 0; ) {
        const start = Math.max(0, end - BLOCK_BYTES);
        const block = Buffer.alloc(end - start);
        const last = block.subarray(0, readFully(fd, path, block, start)).lastIndexOf(LINE_FEED);
        if (last !== -1) return start + last + 1;
        end = start;
      }
      return 0;
    } finally {
      closeSync(fd);
    }
  } catch (thrown) {
    if (!(thrown instanceof ConveyorError)) throw thrown;
    return thrown.code === "rollout_missing" ? 0 : null;
  }
}

const squeezed = (text: string): string => text.replace(/\s+/gu, "");
