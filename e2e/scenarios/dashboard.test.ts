import { expect, it } from "vitest";
import { withWorld } from "../support/world/world.ts";

const LIMIT_MS = 60_000;

it("the page of a ledger is planned, served until it is interrupted, and named where it is served already", {
  timeout: LIMIT_MS,
}, async () => {
  await withWorld({}, async (world) => {
    const planned = await world.ask<"system.dashboard">(
      ...["dashboard", "--task", "auth", "--campaign", "launch", "--ensure-dispatch", "--port", "8799", "--dry-run"],
    );
    expect(planned).toEqual({
      task: "auth",
      campaign: "launch",
      host: "127.0.0.1",
      port: 8799,
      url: "http://127.0.0.1:8799/?task=auth&campaign=launch",
      ensure_dispatch: true,
      command: [
        ...["conveyor", "dashboard", "--path", world.ledger, "--host", "127.0.0.1", "--port", "8799"],
        ...["--ensure-dispatch", "--dispatcher-id", "dispatch-dashboard"],
      ],
      dispatch_command: [
        ...["conveyor", "dispatch", "--watch", "--dispatcher-id", "dispatch-dashboard", "--path", world.ledger],
      ],
    });
    expect(await world.ask<"system.serverStatus">("serve", "--status")).toMatchObject({ running: false });
    for (const [flag, value] of [
      ["--port", "0"],
      ["--port", "65536"],
      ["--host", "192.0.2.1"],
    ] as const) {
      expect((await world.refused("dashboard", flag, value)).code).toBe(2);
    }
    expect((await world.refused("dashboard", "auth")).code).toBe(2);

    await world.ask<"tasks.create">("tasks", "--create", "auth", "--goal", "sign in");
    const serving = await world.begin(["dashboard", "--task", "nobody", "--ensure-dispatch", "--json"]);
    const [document] = await serving.printed(/^\{[\s\S]*^\}$/m);
    const { url } = JSON.parse(document) as { url: string };
    expect(new URL(url).search).toBe("?task=nobody");
    const health = await fetch(new URL("/healthz", url));
    expect(await health.json()).toEqual({ ok: true });
    const conveyor = await world.connect();
    await expect
      .poll(async () => (await conveyor.dispatch.overview({})).health.heartbeat?.dispatcher_id, { timeout: 15_000 })
      .toBe("dispatch-dashboard");
    const again = await world.ask<"system.dashboard">("dashboard", "--task", "auth");
    expect(again.url).toBe(`${new URL(url).origin}/?task=auth`);
    serving.kill();
    const ran = await serving.done;
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain('no task "nobody"');
  });
});
