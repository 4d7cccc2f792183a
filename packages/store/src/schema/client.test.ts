import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PrismaClient } from "../generated/prisma/client.ts";
import { prepareLedger } from "./migrate.ts";
import { NOW } from "./testing/rows.ts";

let folder: string;
let prisma: PrismaClient;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "conveyor-client-"));
  const path = join(folder, "workerctl.db");
  const db = new Database(path);
  prepareLedger(db, { path, now: NOW });
  db.close();
  prisma = new PrismaClient({ adapter: new PrismaBetterSqlite3({ url: path }) });
});

afterAll(async () => {
  await prisma.$disconnect();
  rmSync(folder, { recursive: true, force: true });
});

describe("the generated client on a ledger", () => {
  it("writes a task and reads it back under the column names, with what refers to it", async () => {
    const task = {
      id: "task-1",
      name: "auth",
      goal: "make it work",
      state: "managed",
      created_at: NOW,
      updated_at: NOW,
    };
    await prisma.tasks.create({ data: { ...task, seq: 1, updated_seq: 1 } });
    await prisma.manager_configs.create({
      data: {
        task_id: "task-1",
        supervision_mode: "guided",
        guidelines_json: "[]",
        acceptance_criteria_json: "[]",
        reference_paths_json: "[]",
        permissions_json: "{}",
        created_at: NOW,
        updated_at: NOW,
        seq: 2,
        updated_seq: 2,
      },
    });
    const found = await prisma.tasks.findUniqueOrThrow({ where: { id: "task-1" }, include: { manager_configs: true } });
    expect(found).toMatchObject({ ...task, summary: null, seq: 1 });
    expect(found.manager_configs).toMatchObject({
      nudge_on_completion: "ask-operator",
      require_acks: false,
      consume_on_acted: true,
      revision: 1,
      tools_json: "[]",
    });
  });

  it("refuses what the constraints refuse", async () => {
    const data = { id: "task-2", goal: "g", created_at: NOW, updated_at: NOW, seq: 3, updated_seq: 3 };
    await expect(prisma.tasks.create({ data: { ...data, name: "other", state: "nonsense" } })).rejects.toThrow(
      /tasks_state_check/,
    );
    await expect(prisma.tasks.create({ data: { ...data, name: "auth", state: "candidate" } })).rejects.toMatchObject({
      code: "P2002",
    });
  });

  it("carries byte counts and inode numbers beyond 32 bits as plain numbers", async () => {
    await prisma.sessions.create({
      data: {
        id: "session-1",
        seq: 4,
        name: "worker-1",
        role: "worker",
        identity_token: "t",
        cwd: "/",
        registered_at: NOW,
        state: "active",
        origin: "registered",
        liveness: "none",
        last_ingest_offset: 6_000_000_000,
      },
    });
    await prisma.rollout_files.create({
      data: {
        session_id: "session-1",
        path: "/r.jsonl",
        history_mode: "paginated",
        state: "active",
        inode: Number.MAX_SAFE_INTEGER,
        offset: 5_000_000_000,
        created_at: NOW,
        updated_at: NOW,
        seq: 5,
        updated_seq: 5,
      },
    });
    await prisma.rollout_files.updateMany({ data: { offset: { increment: 3_000_000_000 } } });
    const file = await prisma.rollout_files.findFirstOrThrow({
      where: { inode: Number.MAX_SAFE_INTEGER, offset: { gt: 7_000_000_000 } },
      include: { session: true },
    });
    expect(file.offset).toBe(8_000_000_000);
    expect(file.inode).toBe(Number.MAX_SAFE_INTEGER);
    expect(file.session.last_ingest_offset).toBe(6_000_000_000);
  });
});
