import { expect, it } from "vitest";
import { quoteForTmux } from "./quote.ts";

it("writes what tmux would interpret as escapes and leaves the rest alone", () => {
  expect(quoteForTmux('a "b" $HOME \\ ~ #{x} é;')).toBe('"a \\"b\\" \\$HOME \\\\ \\176 #{x} é;"');
  expect(quoteForTmux("1\n  # 2\t\r\u001b")).toBe('"1\\n  # 2\\t\\r\\033"');
});
