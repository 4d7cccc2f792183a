"use strict";
// Starts the program, or says what is missing. Nodes that are far too old must be able to read this file, so it is
// CommonJS and uses nothing that came after Node 18.
const { existsSync, mkdirSync, statSync } = require("node:fs");
const nodeModule = require("node:module");
const { dirname, isAbsolute, join } = require("node:path");

// Node answers this signal of anybody of the same user by opening its debugger on a port.
process.on("SIGUSR1", () => {});

const NEEDED = [22, 15];
const MAIN = join(__dirname, "../apps/cli/dist/main.js");
/** The Node that comes with a checkout; an installed package has none. */
const OWN_NODE = join(__dirname, "../node_modules/node/bin/node");

function isOldNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  return major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1]);
}

function refuse(error, hint) {
  process.stderr.write(`error: ${error}\nhint: ${hint}\n`);
  process.exitCode = 2;
}

/** Run the same command line with another Node, as if this process were that one. */
function handOverTo(node) {
  const { spawn } = require("node:child_process");
  const child = spawn(node, process.argv.slice(1), { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"]) process.on(signal, () => child.kill(signal));
  child.on("error", ({ message }) => refuse(`${node} does not run: ${message}`, "install Conveyor's parts anew"));
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/**
 * A folder of our own where compiled code is kept between runs; undefined when there can be none. Node itself would take
 * one that every user of the machine can make, and runs what lies there as it is.
 */
function cacheFolder() {
  const { XDG_CACHE_HOME, HOME } = process.env;
  const base = [XDG_CACHE_HOME, HOME && join(HOME, ".cache")].find((folder) => folder && isAbsolute(folder));
  if (!base) return undefined;
  const folder = join(base, "conveyor", "compiled");
  try {
    // One by one: below some folders of the system Node tries for ever to make them all at once.
    if (!existsSync(folder)) for (const part of [base, dirname(folder), folder]) make(part);
    return statSync(folder).uid === process.getuid() ? folder : undefined;
  } catch {
    return undefined;
  }
}

function make(folder) {
  if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
}

function start() {
  // A folder that the environment names is in use already.
  const cache = process.env.NODE_COMPILE_CACHE ? undefined : cacheFolder();
  if (cache) nodeModule.enableCompileCache(cache);
  if (existsSync(MAIN)) return require(MAIN);
  return refuse("Conveyor is not built yet", "run `npx --yes pnpm@12 build` in its folder");
}

if (!isOldNode()) start();
else if (existsSync(OWN_NODE)) handOverTo(OWN_NODE);
else {
  refuse(
    `Conveyor needs Node ${NEEDED.join(".")} or newer; this is Node ${process.versions.node} (${process.execPath})`,
    "install a newer Node, or put one in front of PATH",
  );
}
