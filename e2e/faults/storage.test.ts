import { createHash } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import type { Answer } from "../support/world/answers.ts";
import { type Ran, start, told } from "../support/world/process.ts";
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
      const ran = await onSmallDisk(world, SMALL_DISK);
      if (ran === undefined) return;
      expect(ran.stdout, told(ran)).toMatch(/^created 0\n[\s\S]*^while full 2\n[\s\S]*^afterwards 0\n/m);
      expect(ran.stderr).toContain("is full");
      expect(ran.stderr).not.toContain("    at ");
      expect(ran.stdout).toContain("parser\tcandidate\tfits\n");
      expect(ran.stdout).not.toContain("too-much");
      expect(ran.stdout).toContain("again\tcandidate\tfits\n");
    });
  });

  it("in the middle of a pass of Dispatch leaves nothing half-done, and every message once when there is room", {
    timeout: LIMIT_MS,
  }, async () => {
    await withWorld({}, async (world) => {
      await world.pair("parser");
      const conveyor = await world.connect();
      const sent = Array.from({ length: 60 }, (_, index) => `${index} ${"x".repeat(30_000)}`);
      for (const message of sent) await conveyor.dispatch.enqueueNudgeWorker({ task: "parser", message });
      await conveyor.close();
      const ran = await onSmallDisk(world, PASS_ON_SMALL_DISK);
      if (ran === undefined) return;
      expect(ran.stdout, told(ran)).toMatch(/^while full 2\n[\s\S]*^afterwards 0\n/m);
      expect(ran.stderr).toContain("is full");
      expect(ran.stderr).not.toContain("    at ");
      const [while_full = "", in_the_end = ""] = ran.stdout.split("====\n").slice(1);
      const states = (JSON.parse(while_full) as Answer<"dispatch.commands">).map(
        ({ state, attempts, attempt_history = [] }) => [state, attempts, attempt_history.map((own) => own.state)],
      );
      const whole = [
        ["pending", 0, []],
        ["succeeded", 1, ["succeeded"]],
      ];
      expect(states.filter((state) => !whole.some((own) => isDeepStrictEqual(own, state)))).toEqual([]);
      const { items } = JSON.parse(in_the_end) as Answer<"inbox.worker">;
      expect(items.map(({ payload }) => payload["message"])).toEqual(sent);
    });
  });
});

/** Run a script in a mount namespace of its own; undefined, and a warning, where that is not allowed. */
async function onSmallDisk(world: World, text: string): Promise<Ran | undefined> {
  const script = join(world.root, "small-disk.sh");
  writeFileSync(script, text);
  const env = { ...world.env, CLI: `${process.execPath} ${join(REPOSITORY, "bin/conveyor")}` };
  const argv = ["unshare", "--map-root-user", "--mount", "sh", script] as const;
  const ran = await (await start([...argv], { cwd: world.project, env })).done;
  const isDenied = ran.code === 9 || (/^unshare:/m.test(ran.stderr) && ran.stdout === "");
  if (!isDenied) return ran;
  const reason = ran.stderr.trim().split("\n")[0];
  console.warn(`A REALLY FULL DISK IS NOT TESTED HERE: this machine allows no mount (${reason})`);
  return undefined;
}

/** The ledger as it is, on a disk of its own with a little room left. */
const PASS_ON_SMALL_DISK = `
mkdir copy && cp "$CONVEYOR_STATE_ROOT"/* copy/
mount -t tmpfs -o size=24m,mode=700 none "$CONVEYOR_STATE_ROOT" || exit 9
cp copy/* "$CONVEYOR_STATE_ROOT"/
free() { df -k --output=avail "$CONVEYOR_STATE_ROOT" | tail -1; }
head -c "$(( ($(free) - 1500) * 1024 ))" /dev/zero > "$CONVEYOR_STATE_ROOT/filler"
$CLI dispatch --once --limit 100; echo "while full $?"
rm "$CONVEYOR_STATE_ROOT/filler"
echo "===="
$CLI commands --attempts --json
echo "===="
$CLI dispatch --once --limit 100 >/dev/null; status=$?
$CLI worker-inbox parser --limit 100 --json
echo "===="
echo "afterwards $status"
`;

/** The disk exists only inside the script's own mount namespace and goes away with it. */
const SMALL_DISK = `
mkdir -p "$CONVEYOR_STATE_ROOT" && chmod 700 "$CONVEYOR_STATE_ROOT"
mount -t tmpfs -o size=8m,mode=700 none "$CONVEYOR_STATE_ROOT" || exit 9
$CLI tasks --create parser --goal fits >/dev/null; echo "created $?"
head -c 16000000 /dev/zero > "$CONVEYOR_STATE_ROOT/filler" 2>/dev/null
$CLI tasks --create too-much --goal "$(head -c 60000 /dev/zero | tr '\\0' x)"; echo "while full $?"
rm "$CONVEYOR_STATE_ROOT/filler"
$CLI tasks --create again --goal fits >/dev/null; echo "afterwards $?"
$CLI tasks
`;
