import { describe, expect, it } from "vitest";
import { isLoopback, isOwnHost, urlHost } from "./request-guard.ts";

describe("the names of a server", () => {
  it.each([
    ["127.0.0.1:80", "127.0.0.1", true],
    ["LOCALHOST:80", "127.0.0.1", true],
    ["[::1]:80", "::1", true],
    ["127.0.0.1", "127.0.0.1", false],
    ["127.0.0.1:81", "127.0.0.1", false],
    ["evil.example:80", "127.0.0.1", false],
    ["localhost.evil.example:80", "127.0.0.1", false],
    ["192.168.0.7:80", "127.0.0.1", false],
    ["192.168.0.7:80", "192.168.0.7", true],
    ["192.168.0.7:80", "0.0.0.0", true],
    ["[fe80::1]:80", "::", true],
    ["evil.example:80", "0.0.0.0", false],
    [undefined, "0.0.0.0", false],
  ])("Host %j on a server bound to %s: %s", (header, host, own) => {
    expect(isOwnHost(header, { host, port: 80 })).toBe(own);
  });

  it.each([
    ["127.0.0.1", true],
    ["127.8.8.8", true],
    ["localhost", true],
    ["::1", true],
    ["0.0.0.0", false],
    ["::", false],
    ["192.168.0.7", false],
    ["127.0.0.1.evil.example", false],
  ])("%s is loopback: %s", (host, loopback) => {
    expect(isLoopback(host)).toBe(loopback);
  });

  it("puts an IPv6 address into brackets", () => {
    expect(urlHost({ host: "::1", port: 80 })).toBe("[::1]:80");
  });
});
