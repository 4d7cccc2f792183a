import { createHash } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { start, told } from "../support/world/process.ts";
import { REPOSITORY, type World, withWorld } from "../support/world/world.ts";

const LIMIT_MS = 90_000;

/** Starts a program to which file permissions apply. They do not apply to root unless two capabilities are given up. */
const WITHOUT_PRIVILEGE =
  process.getuid?.() === 0
    ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]
    : [];

const ledgerHash = (world: World) => createHash("sha256").update(readFileSync(world.ledger)).digest("hex");

/** Make the state root read-only for everybody, and writable again whatever happens. */
async function whileReadOnly(world: World, test: () => Promise<void>): Promise<void> {
  const files = readdirSync(world.state_root).map((name) => join(world.state_root, name));
  for (const file of files) chmodSync(file, 0o400);
  chmodSync(world.state_root, 0o500);
  try {
    await test();
  } finally {
    chmodSync(world.state_root, 0o700);
    for (const file of files) chmodSync(file, 0o600);
  }
}

async function typed(world: World, ...argv: string[]) {
  const running = await world.begin([...argv, "--json"], { under: WITHOUT_PRIVILEGE });
  return running.done;
}

describe("a ledger that may not be written", () => {
  it("is named in the refusal, and stays as it was", { timeout: LIMIT_MS }, async () => {
    await withWorld({}, async (world) => {
      await world.ask<"tasks.create">("tasks", "--create", "parser", "--goal", "parse everything");
      const before = ledgerHash(world);
      await whileReadOnly(world, async () => {
        const refused = await typed(world, "tasks", "--create", "lexer", "--goal", "cut it into pieces");
        expect([refused.code, refused.stdout]).toEqual([2, ""]);
        const { error } = JSON.parse(refused.stderr);
        expect(error).toMatchObject({ code: "ledger_unwritable", message: expect.stringContaining(world.ledger) });
        expect(error.hint).toContain("permissions");
      });
      expect(ledgerHash(world)).toBe(before);
      expect(await world.ask<"tasks.list">("tasks")).toHaveLength(1);
    });
  });

  it("is written all the same by a server that may", { timeout: LIMIT_MS }, async () => {
    await withWorld({ mode: "http" }, async (world) => {
      await world.ask<"tasks.create">("tasks", "--create", "parser", "--goal", "parse everything");
      await whileReadOnly(world, async () => {
        const ran = await typed(world, "tasks", "--create", "lexer", "--goal", "cut it into pieces");
        expect(ran.code, told(ran)).toBe(0);
      });
      expect(await world.ask<"tasks.list">("tasks")).toHaveLength(2);
    });
  });
});

describe("a disk with no room left", () => {
  it("ends a command with a typed error, and what was there before is whole", { timeout: LIMIT_MS }, async () => {
    await withWorld({}, async (world) => {
      await world.pair("parser");
      await world.ask<"system.dbDoctor">("db-doctor");
      // Writing past the limit fails like writing to a full disk, without needing one. In blocks of 1024 bytes.
      const limited = ["bash", "-c", 'ulimit -f 1; exec "$@"', "limited"];
      const message = "x".repeat(200_000);
      const running = await world.begin(["enqueue-nudge-worker", "parser", "--message", "-", "--json"], {
        under: limited,
        input: message,
      });
      const ran = await running.done;
      expect([ran.code, ran.stdout]).toEqual([2, ""]);
      expect(JSON.parse(ran.stderr).error.code).toBe("ledger_unwritable");
      expect(await world.ask<"dispatch.commands">("commands")).toEqual([]);
      expect(await world.ask<"system.dbDoctor">("db-doctor", "--full")).toMatchObject({ ok: true });
      await world.ask<"dispatch.enqueueNudgeWorker">(
        "enqueue-nudge-worker",
        "parser",
        "--message",
        "there is room again",
      );
    });
  });

  it("is called full, on a small disk of its own", { timeout: LIMIT_MS }, async () => {
    await withWorld({}, async (world) => {
      const script = join(world.root, "small-disk.sh");
      writeFileSync(script, SMALL_DISK);
      const env = { ...world.env, CLI: `${process.execPath} ${join(REPOSITORY, "bin/conveyor")}` };
      const ran = await (
        await start(["unshare", "--map-root-user", "--mount", "sh", script], { cwd: world.project, env })
      ).done;
      if (/unshare|mount:/.test(ran.stderr) && !ran.stdout.includes("created")) {
        console.warn(
          `A REALLY FULL DISK IS NOT TESTED HERE: this machine allows no mount (${ran.stderr.trim().split("\n")[0]})`,
        );
        return;
      }
      expect(ran.stdout, told(ran)).toMatch(/^created 0\n[\s\S]*^while full 2\n[\s\S]*^afterwards 0\n/m);
      expect(ran.stderr).toContain("is full");
      expect(ran.stderr).not.toContain("    at ");
      expect(ran.stdout).toContain("parser\tcandidate\tfits\n");
      expect(ran.stdout).not.toContain("too-much");
      expect(ran.stdout).toContain("again\tcandidate\tfits\n");
    });
  });
});

/** The disk exists only inside the script's own mount namespace and goes away with it. */
const SMALL_DISK = `
mkdir -p "$CONVEYOR_STATE_ROOT" && chmod 700 "$CONVEYOR_STATE_ROOT"
mount -t tmpfs -o size=8m,mode=700 none "$CONVEYOR_STATE_ROOT" || exit 9
$CLI tasks --create parser --goal fits >/dev/null; echo "created $?"
head -c 16000000 /dev/zero > "$CONVEYOR_STATE_ROOT/filler" 2>/dev/null
$CLI tasks --create too-much --goal "$(head -c 100000 /dev/zero | tr '\\0' x)"; echo "while full $?"
rm "$CONVEYOR_STATE_ROOT/filler"
$CLI tasks --create again --goal fits >/dev/null; echo "afterwards $?"
$CLI tasks
`;
