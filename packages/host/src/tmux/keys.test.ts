import { afterAll, beforeAll, expect, it } from "vitest";
import { exec } from "../exec.ts";
import { isKeyName, KEY_NAMES } from "./keys.ts";
import { type PrivateTmux, privateTmux } from "./testing.ts";

let world: PrivateTmux;
beforeAll(async () => {
  world = await privateTmux();
  await world.run("keys", ["cat"]);
});
afterAll(() => world.close());

/** tmux refuses to bind a key that it does not know. */
async function tmuxKnows(key: string): Promise<boolean> {
  const argv = [
    "tmux",
    "-L",
    world.options.socket_name ?? "",
    "bind-key",
    "-n",
    key.replace(/;$/, "\\;"),
    "refresh-client",
  ];
  return (await exec(argv, { env: world.options.env })).exit_code === 0;
}

it("knows no key that tmux does not know", async () => {
  const unknown: string[] = [];
  for (const key of [
    ...KEY_NAMES,
    "a",
    "Z",
    "1",
    "-",
    ";",
    "C-c",
    "M-x",
    "S-Up",
    "C-M-Left",
    "^C",
    "C-;",
    "enter",
    "c-C",
  ]) {
    expect(isKeyName(key)).toBe(true);
    if (!(await tmuxKnows(key))) unknown.push(key);
  }
  expect(unknown).toEqual([]);
});

it.each([
  "",
  "Esc",
  "Return",
  "ctrl-c",
  "C-",
  "Ctrl+C",
  "yes",
  "rm -rf",
  "C-Foo",
  "F13",
  "^",
  "ß",
  " ",
  "\r",
  "--",
  "-l",
])("refuses %j unless it is a single visible character", (key) => expect(isKeyName(key)).toBe(key === "^"));
