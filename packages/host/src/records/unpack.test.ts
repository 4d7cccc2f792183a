import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unpackRollout } from "./unpack.ts";

/** A line of JSON, as the zstd tool packs it. */
const PACKED = Buffer.from("KLUv/QRYaQAAeyJ0eXBlIjoieCJ9CtKjAPM=", "base64");
/** Three million bytes of one line again and again, as the zstd tool packs them. */
const PACKED_REPEATS = Buffer.from(
  "KLUv/YRYwMYtAKwBALQCeyJ0eXBlIjoicmVzcG9uc2VfaXRlbSIsInBheWxvYWQiOnsibiI6MX19CgEAk/53uSoDTAAACCIBAPz/ORACTAAACGUBAPz/ORACTAAACCIBAPz/ORACTAAACCIBAPz/ORACTAAACH0BAPz/ORACTAAACGUBAPz/ORACTAAACG8BAPz/ORACTAAACG0BAPz/ORACTAAACG8BAPz/ORACTAAACCIBAPz/ORACTAAACHQBAPz/ORACTAAACGUBAPz/ORACTAAACGkBAPz/ORACTAAACGEBAPz/ORACTAAACHsBAPz/ORACTAAACAoBAPz/ORACTAAACDoBAPz/ORACTAAACHMBAPz/ORACTAAACCwBAPz/ORACTAAACGQBAPz/ORACTAAACDEBAPz/ORACTQAACHABALzGORACWVaZDg==",
  "base64",
);
const LINE = '{"type":"response_item","payload":{"n":1}}\n';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "conveyor-unpack-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(content: Buffer): string {
  const path = join(folder, "rollout.jsonl.zst");
  writeFileSync(path, content);
  return path;
}

describe("unpackRollout", () => {
  it("gives the bytes back in a file that only its owner may read, and removes it on demand", async () => {
    const unpacked = await unpackRollout(file(PACKED));
    expect(readFileSync(unpacked.path, "utf8")).toBe('{"type":"x"}\n');
    expect(statSync(unpacked.path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(unpacked.path)).mode & 0o777).toBe(0o700);
    await unpacked.remove();
    expect(existsSync(dirname(unpacked.path))).toBe(false);
  });

  it("unpacks what is much larger than a block, and several frames one after another", async () => {
    const whole = LINE.repeat(Math.ceil(3_000_000 / LINE.length)).slice(0, 3_000_000);
    const unpacked = await unpackRollout(file(Buffer.concat([PACKED_REPEATS, PACKED])));
    expect(readFileSync(unpacked.path, "utf8") === `${whole}{"type":"x"}\n`).toBe(true);
    await unpacked.remove();
  });

  const huge_window = Buffer.from(PACKED_REPEATS);
  huge_window[5] = 0xff;
  it.each([
    ["is cut off", PACKED_REPEATS.subarray(0, 100)],
    ["is no zstd", Buffer.from("not packed at all, only text that somebody renamed")],
    ["is damaged inside", Buffer.concat([PACKED_REPEATS.subarray(0, 12), Buffer.alloc(80, 0xff)])],
    ["wants more memory than there should be", huge_window],
  ])("refuses a file that %s, with the way out", async (_what, content) => {
    const path = file(content);
    await expect(unpackRollout(path)).rejects.toMatchObject({
      code: "rollout_compressed",
      message: expect.stringContaining(path),
      hint: expect.stringContaining("zstd -d"),
    });
  });

  it("says when the file is not there", async () => {
    await expect(unpackRollout(join(folder, "nowhere.zst"))).rejects.toMatchObject({ code: "rollout_unreadable" });
  });
});
