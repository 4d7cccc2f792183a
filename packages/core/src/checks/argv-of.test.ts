import { expect, it } from "vitest";
import { argvOf } from "./argv-of.ts";

it.each([
  ["npm test", ["npm", "test"]],
  [`npm run 'a b' "c \\"d\\"" e\\ f ''`, ["npm", "run", "a b", 'c "d"', "e f", ""]],
  [`grep '$HOME *.ts \`ls\` #x'`, ["grep", "$HOME *.ts `ls` #x"]],
])("parts %s as a shell would", (text, words) => {
  expect(argvOf(text)).toEqual(words);
});

it.each([
  ...["", "  ", "a && b", "a | b", "a > b", "a; b", "a &", "a $HOME", 'a "$X"', "a $(ls)", "a `ls`", 'a "`ls`"'],
  ...["a *.ts", "a # b", "a 'b", 'a "b', "a \\", "a\nb", "A=1 b", "~/x", "a ~"],
])("refuses %j, which needs a shell", (text) => {
  expect(() => argvOf(text)).toThrow(expect.objectContaining({ code: "invalid_input" }));
});
