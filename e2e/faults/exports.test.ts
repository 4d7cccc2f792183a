import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { told } from "../support/world/process.ts";
import { withWorld } from "../support/world/world.ts";

const LIMIT_MS = 120_000;

const rowsOf = (folder: string, name: string) =>
  JSON.parse(readFileSync(join(folder, name), "utf8")) as Record<string, unknown>[];

describe("an export while others write", () => {
  it("shows one moment of the ledger, whole transactions of it and no part of one", { timeout: LIMIT_MS }, async () => {
    await withWorld({}, async (world) => {
      await world.pair("parser");
      const nudge = ["enqueue-nudge-worker", "parser", "--message", "go on"];
      await world.ask<"dispatch.enqueueNudgeWorker">(...nudge);
      let stop = false;
      const writer = async () => {
        let written = 0;
        for (; !stop; written += 1) {
          const ran = await world.cli(...nudge);
          expect(ran.code, told(ran)).toBe(0);
        }
        return written;
      };
      const writers = Array.from({ length: 4 }, writer);
      const counts: number[] = [];
      for (const at of [1, 2, 3]) {
        const output = join(world.root, `bundle-${at}`);
        await world.ask<"exports.exportTask">("export-task", "parser", "--output", output, "--zip");
        const commands = rowsOf(output, "commands.json").map(({ id }) => id);
        const events = rowsOf(output, "telemetry-events.json").filter((row) => row["event_type"] === "command_created");
        const named = events.map((row) => (row["correlation"] as { command_id: string }).command_id);
        expect(named).toEqual(commands);
        counts.push(commands.length);
        await world.ask<"exports.importExport">("import-export", `${output}.zip`, "--check");
      }
      stop = true;
      const written = (await Promise.all(writers)).reduce((sum, amount) => sum + amount, 0);
      expect(written).toBeGreaterThan(3);
      expect(counts).toEqual([...counts].sort((a, b) => a - b));
      expect(counts.at(-1)).toBeGreaterThan(counts[0] ?? 0);
    });
  });
});

describe("an export onto a disk with no room left", () => {
  it("is refused, leaves nothing of it, and the earlier bundle as it was", { timeout: LIMIT_MS }, async () => {
    await withWorld({}, async (world) => {
      await world.pair("parser");
      const place = join(world.root, "place");
      mkdirSync(place);
      const output = join(place, "bundle");
      const first = await world.ask<"exports.exportTask">("export-task", "parser", "--output", output, "--zip");
      const archive = readFileSync(`${output}.zip`);
      const why = "a".repeat(8000);
      for (let at = 0; at < 8; at += 1) {
        await world.ask<"criteria.add">(
          "criteria",
          "parser",
          "--add",
          "--criterion",
          `${at} ${why}`,
          "--source",
          "user_requested",
        );
      }
      await world.ask<"system.dbDoctor">("db-doctor");
      // Writing past the limit fails like writing to a full disk, without needing one. In blocks of 1024 bytes.
      const running = await world.begin(["export-task", "parser", "--output", output, "--zip", "--json"], {
        under: ["bash", "-c", 'ulimit -f 40; exec "$@"', "limited"],
      });
      const ran = await running.done;
      expect([ran.code, ran.stdout], told(ran)).toEqual([2, ""]);
      expect(JSON.parse(ran.stderr).error.code).toBe("precondition_failed");
      expect(readdirSync(place).sort()).toEqual(["bundle", "bundle.zip"]);
      expect(rowsOf(output, "manifest.json")).toEqual(first.manifest);
      expect(readFileSync(`${output}.zip`).equals(archive)).toBe(true);
      await world.ask<"exports.importExport">("import-export", output, "--check");
      const again = await world.ask<"exports.exportTask">("export-task", "parser", "--output", output);
      expect(again.manifest.bytes["audit.json"]).toBeGreaterThan(60_000);
      expect(existsSync(join(output, "manifest.json"))).toBe(true);
    });
  });
});
