import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, it } from "vitest";
import { browserArguments, browserAttempts } from "./attempts.ts";
import { mayAsk } from "./reach.ts";

const root = mkdtempSync(join(tmpdir(), "conveyor-reach-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const at = (path: string) => pathToFileURL(join(root, path)).href;
mkdirSync(join(root, "site/img"), { recursive: true });
for (const name of ["secret", "site/page.html", "site/img/a.png"]) writeFileSync(join(root, name), "x");
symlinkSync(join(root, "secret"), join(root, "site/link"));
const html_path = join(root, "site/page.html");

it.each([
  [at("site/page.html"), true],
  [at("site/img/a.png"), true],
  [at("site/missing.png"), true],
  [at("secret"), false],
  [at("site/../secret"), false],
  [at("site/link"), false],
  ["file:///etc/passwd", false],
  ["file://other-host/share/x", false],
  ["data:image/png;base64,AAAA", true],
  ["about:blank", true],
  ["http://localhost:5173/x", true],
  ["http://127.0.0.1:80/", true],
  ["http://127.9.9.9/", true],
  ["http://[::1]:80/", true],
  ["ws://localhost:1/", true],
  ["http://localhost.example.com/", false],
  ["http://127.0.0.1.example.com/", false],
  ["http://0.0.0.0/", false],
  ["http://169.254.169.254/latest", false],
  ["https://example.com/", false],
  ["ftp://localhost/", false],
  ["no address", false],
])("a page of a file asks for %s: %s", (address, may) => {
  expect(mayAsk(address, { html_path, hosts: "loopback" })).toBe(may);
});

it("other machines are asked where that is allowed, files never by a page from a server", () => {
  expect(mayAsk("https://example.com/", { html_path: null, hosts: "any" })).toBe(true);
  expect(mayAsk(at("site/page.html"), { html_path: null, hosts: "any" })).toBe(false);
});

it("the ways to a browser begin with the configured one", () => {
  const env = {
    CONVEYOR_BROWSER_EXECUTABLE: "/opt/chrome",
    CONVEYOR_BROWSER_ARGS: " --no-sandbox  --lang=en ",
    PATH: root,
  };
  expect(browserAttempts(env, "darwin").map(({ backend }) => backend)).toEqual([
    ...["configured-executable", "playwright-chromium", "playwright-chrome-channel", "playwright-chrome-app"],
  ]);
  expect(browserArguments(env)).toEqual(["--no-sandbox", "--lang=en"]);
  writeFileSync(join(root, "chromium"), "", { mode: 0o755 });
  expect(browserAttempts({ PATH: `:${root}` }, "linux").at(-1)).toEqual({
    ...{ backend: "found-executable", executablePath: join(root, "chromium") },
  });
});
