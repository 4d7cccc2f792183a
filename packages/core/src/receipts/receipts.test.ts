import { execFileSync } from "node:child_process";
import { createPublicKey } from "node:crypto";
import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { operations } from "@conveyor/contracts";
import { receiptKeys } from "@conveyor/host";
import { dsse, crypto as independent } from "@sigstore/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { add as addCheck } from "../checks/add.ts";
import { add as addCriterion } from "../criteria/add.ts";
import { waive } from "../criteria/waive.ts";
import { verify as runChecks } from "../proof/verify.ts";
import { createWorld, type World } from "../testing/world.ts";
import { create } from "./create.ts";
import { type Envelope, signedEnvelope } from "./dsse.ts";
import { key } from "./key.ts";
import type { InTotoStatement, ReceiptPredicate } from "./statement.ts";
import { verify } from "./verify.ts";

let world: World;
let file: string;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

const SECRET_OUTPUT = "what the check printed";

async function proven(): Promise<Envelope[]> {
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...args], {
      cwd: world.cwd,
      stdio: "pipe",
    });
  git("init", "-q", "-b", "main");
  writeFileSync(join(world.cwd, "a"), "a");
  git("add", "-A");
  git("commit", "-qm", "first");
  await world.pair({ task: "parser", worker: { cwd: world.cwd } });
  const ids: number[] = [];
  for (const criterion of ["works", "reads well"]) {
    const call = { task: "parser", criterion, source: "user_requested", status: "accepted" } as const;
    ids.push((await addCriterion(world.ctx, operations.criteria.add.input.parse(call))).affected_criterion.id);
  }
  const [criterion_id = 0, other = 0] = ids;
  const argv = ["sh", "-c", "cat a; printf 'what the %s printed' check"];
  await addCheck(world.ctx, operations.checks.add.input.parse({ task: "parser", criterion_id, name: "tests", argv }));
  await waive(world.ctx, { task: "parser", criterion_id: other, rationale: "I have read it" });
  await runChecks(world.ctx, operations.proof.verify.input.parse({ task: "parser" }));
  file = join(world.root, "parser.intoto.jsonl");
  return (await create(world.ctx, { task: "parser", file, markdown: false })).envelopes;
}

const payloadOf = <Predicate>({ payload }: Envelope) =>
  JSON.parse(Buffer.from(payload, "base64").toString("utf8")) as InTotoStatement<Predicate>;
const check = (more: { root?: string; key?: string } = {}) => verify(world.ctx, { file, ...more });
const codes = async (more = {}) => (await check(more)).failures.map(({ code }) => code);

describe("a receipt", () => {
  it("is an in-toto statement in a DSSE envelope that an independent implementation verifies", async () => {
    const envelopes = await proven();
    const { public_key } = await key(world.ctx, { change: "show" });
    expect(
      readFileSync(file, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual(envelopes);
    for (const { payloadType, payload, signatures } of envelopes) {
      const signed = dsse.preAuthEncoding(payloadType, Buffer.from(payload, "base64"));
      const signature = Buffer.from(signatures[0]?.sig ?? "", "base64");
      expect(independent.verify(signed, createPublicKey(public_key), signature)).toBe(true);
      expect(
        independent.verify(Buffer.concat([signed, Buffer.from(" ")]), createPublicKey(public_key), signature),
      ).toBe(false);
    }
    const [receipt, result] = envelopes as [Envelope, Envelope];
    expect(payloadOf<ReceiptPredicate>(receipt)).toMatchObject({
      _type: "https://in-toto.io/Statement/v1",
      subject: [{ name: "project", digest: { gitTree: expect.stringMatching(/^[0-9a-f]{40}$/) } }],
      predicate: {
        task: { name: "parser" },
        criteria: [
          { state: "verified", checks: [{ run: { state: "passed", exit_code: 0 } }] },
          { state: "waived", waiver: { by: "operator", rationale: "I have read it" } },
        ],
        audit: { chain: "ledger", events: expect.any(Number), head: expect.stringMatching(/^[0-9a-f]{64}$/) },
      },
    });
    expect(payloadOf(result)).toMatchObject({
      predicateType: "https://in-toto.io/attestation/test-result/v0.1",
      predicate: { result: "PASSED", passedTests: ["tests"], configuration: [{ name: "tests" }] },
    });
  });

  it("holds nothing that a check printed", async () => {
    const envelopes = await proven();
    expect(envelopes.map((one) => JSON.stringify(payloadOf(one))).join()).not.toContain(SECRET_OUTPUT);
  });

  it("is found sound, and each thing that is wrong is named", async () => {
    const envelopes = await proven();
    expect(await check({ root: world.cwd })).toMatchObject({
      ok: true,
      failures: [],
      criteria: { verified: 1, waived: 1 },
    });
    writeFileSync(join(world.cwd, "a"), "b");
    expect(await codes({ root: world.cwd })).toEqual(["tree_differs"]);

    const [first, ...others] = envelopes as [Envelope, ...Envelope[]];
    const write = (...lines: unknown[]) =>
      writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const statement = payloadOf<ReceiptPredicate>(first);
    const changed = structuredClone(statement);
    for (const run of changed.predicate.criteria.flatMap(({ checks }) => checks.map((one) => one.run)))
      if (run) run.state = "failed";
    write({ ...first, payload: Buffer.from(JSON.stringify(changed)).toString("base64") }, ...others);
    expect(await codes()).toEqual(["signature_invalid", "inconsistent", "inconsistent"]);
    // Signed, and still not true.
    write(signedEnvelope(changed, receiptKeys(world.host.env).current), ...others);
    expect(await codes()).toEqual(["inconsistent", "inconsistent"]);
    write(first);
    expect(await codes()).toEqual(["inconsistent"]);
    write({ ...first, signatures: [{ keyid: "other", sig: first.signatures[0]?.sig }] }, ...others);
    expect(await codes()).toEqual(["key_unknown"]);
    for (const text of [
      "",
      "{}",
      "not json",
      '{"payloadType":"x","payload":"","signatures":[]}',
      JSON.stringify(others[0]),
    ]) {
      writeFileSync(file, text);
      expect(await codes()).toEqual(["malformed"]);
    }
    write(
      signedEnvelope(
        { ...statement, predicate: { ...statement.predicate, criteria: [{ state: "verified", checks: [{}] }] } },
        receiptKeys(world.host.env).current,
      ),
    );
    expect(await codes()).toContain("inconsistent");
  });

  it("is verified with the former key after another came, and with a key that is named", async () => {
    await proven();
    const before = await key(world.ctx, { change: "show" });
    const pem = join(world.root, "key.pem");
    writeFileSync(pem, before.public_key);
    const after = await key(world.ctx, { change: "rotate" });
    expect(after.keyid).not.toBe(before.keyid);
    expect(after.former).toContainEqual({ keyid: before.keyid, public_key: before.public_key });
    expect((await check()).ok).toBe(true);
    expect((await check({ key: pem })).ok).toBe(true);
    writeFileSync(pem, after.public_key);
    expect(await codes({ key: pem })).toEqual(["key_unknown"]);
    writeFileSync(pem, "no key");
    await expect(check({ key: pem })).rejects.toMatchObject({ code: "invalid_input" });
  });

  it("prints a table for a pull request", async () => {
    await proven();
    const { markdown } = await create(world.ctx, { task: "parser", markdown: true });
    expect(markdown).toContain("| works | verified | tests |");
    expect(markdown).toContain("| reads well | waived | waived by operator: I have read it |");
  });

  it("is refused where it cannot be written or read", async () => {
    await proven();
    const nowhere = create(world.ctx, { task: "parser", file: join(world.root, "no", "such"), markdown: false });
    await expect(nowhere).rejects.toMatchObject({ code: "invalid_input" });
    file = join(world.root, "nothing");
    await expect(check()).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("the key of receipts", () => {
  it("is its owner's alone, outside every ledger, and one that others can read is not used", async () => {
    const env = { XDG_STATE_HOME: join(world.root, "account") };
    const { current } = receiptKeys(env);
    const place = join(world.root, "account", "conveyor", "receipt-key.json");
    expect(statSync(place).mode & 0o777).toBe(0o600);
    expect(receiptKeys(env).current.keyid).toBe(current.keyid);
    chmodSync(place, 0o644);
    expect(() => receiptKeys(env)).toThrow(/others can read it/);
    chmodSync(place, 0o600);
    writeFileSync(place, "{");
    expect(() => receiptKeys(env)).toThrow(/damaged/);
    expect(readFileSync(place, "utf8")).toBe("{");
  });
});
