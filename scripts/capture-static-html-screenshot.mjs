#!/usr/bin/env node
// Takes a picture of a page in a file: node capture-static-html-screenshot.mjs --html FILE --output PNG --width W --height H
// Prints one line of JSON; any failure ends with 2 and one line on stderr.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const KEYS = ["html", "output", "width", "height"];
const USAGE = "usage: capture-static-html-screenshot.mjs --html FILE --output PNG --width W --height H";

function fail(message) {
  process.stderr.write(`${message.replaceAll("\n", " ")}\n`);
  process.exit(2);
}

function readArguments(argv) {
  const given = {};
  for (let at = 0; at < argv.length; at += 2) {
    const key = argv[at].startsWith("--") ? argv[at].slice(2) : undefined;
    if (!KEYS.includes(key))
      fail(`capture_failed: ${argv[at]} is not one of ${KEYS.map((own) => `--${own}`).join(", ")}`);
    if (argv[at + 1] === undefined || argv[at + 1] === "") fail(`capture_failed: --${key} needs a value. ${USAGE}`);
    given[key] = argv[at + 1];
  }
  const missing = KEYS.find((key) => given[key] === undefined);
  if (missing !== undefined) fail(`capture_failed: --${missing} is missing. ${USAGE}`);
  for (const key of ["width", "height"]) {
    if (!/^[1-9][0-9]{0,3}$/.test(given[key])) fail(`capture_failed: --${key} must be a positive whole number`);
  }
  return given;
}

const given = readArguments(process.argv.slice(2));
const program = fileURLToPath(new URL("../bin/conveyor", import.meta.url));
const flags = KEYS.map((key) => `--${key}=${given[key]}`);
const ran = spawnSync(process.execPath, [program, "screenshot", ...flags, "--json"], {
  encoding: "utf8",
  timeout: 120_000,
});
if (ran.status !== 0) {
  const told = /^\{/.test(ran.stderr ?? "") ? JSON.parse(ran.stderr).error.message : (ran.error?.message ?? ran.stderr);
  fail(/^(browser_unavailable|capture_failed):/.test(told) ? told : `capture_failed: ${told}`);
}
const { backend, viewport } = JSON.parse(ran.stdout);
process.stdout.write(
  `${JSON.stringify({ backend, html_path: given.html, screenshot_path: given.output, viewport })}\n`,
);
