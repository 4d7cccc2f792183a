import { expect, it } from "vitest";
import { withWorld } from "../support/world/world.ts";

it("the built program serves its page at /, and JSON where there is none", { timeout: 60_000 }, async () => {
  await withWorld({ mode: "socket" }, async (world) => {
    const url = world.server?.url ?? "";
    const page = await fetch(`${url}/`);
    const html = await page.text();
    expect([page.status, html.includes('<div id="root">')]).toEqual([200, true]);
    const scripts = [...html.matchAll(/src="(\/assets\/[^"]+\.js)"/g)].map(([, path]) => path as string);
    expect(scripts).not.toEqual([]);
    for (const path of scripts) {
      const script = await fetch(url + path);
      expect([path, script.status, script.headers.get("content-type")]).toEqual([
        path,
        200,
        "text/javascript; charset=utf-8",
      ]);
      expect(script.headers.get("cache-control")).toContain("immutable");
    }
    for (const path of ["/tasks", "/tasks/any%20one", "/sessions", "/messages", "/about"]) {
      const page = await fetch(url + path);
      expect([path, page.status, await page.text()]).toEqual([path, 200, html]);
    }
    const nothing = await fetch(`${url}/nowhere`);
    expect([nothing.status, nothing.headers.get("content-type")]).toEqual([404, "application/json"]);
  });
});
