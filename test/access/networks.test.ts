import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isWithin, networkOf } from "../../src/domains/access/networks.ts";

describe("a network", () => {
  it.each([
    ["10.1.2.3/8", "10.0.0.0/8"],
    ["10.1.2.3", "10.1.2.3/32"],
    ["0.0.0.0/0", "0.0.0.0/0"],
    ["2001:DB8::1/32", "2001:db8::/32"],
    ["::1", "::1/128"],
  ])("%s is stored as %s", (text, stored) => {
    expect(networkOf(text)).toBe(stored);
  });

  it.each(["", "10", "10.0.0/8", "10.0.0.0/33", "0x7f.0.0.1", "010.0.0.1/8/8", "10.0.0.0/", "/8", "::/129"])(
    "%j is none",
    (text) => expect(networkOf(text)).toBeNull(),
  );

  it.each(["::ffff:10.0.0.0/104", "fe80::1%eth0", "localhost", "10.0.0.0/8 ", "10.0.0.0/-1", "1.2.3.4.5"])(
    "%j is none",
    (text) => expect(networkOf(text)).toBeNull(),
  );
});

describe("an address", () => {
  it.each([
    ["10.255.0.1", true],
    ["::ffff:10.0.0.1", true],
    ["11.0.0.1", false],
    ["::ffff:11.0.0.1", false],
    ["2001:db8:ffff::1", true],
    ["2001:db9::1", false],
    ["", false],
    ["unknown", false],
  ])("%s: within is %s", (address, within) => {
    expect(isWithin(address, ["10.0.0.0/8", "2001:db8::/32"])).toBe(within);
  });

  it("is in the network of itself with any prefix, and in no other one of that length", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 }), (one, other, prefix) => {
        const network = networkOf(`${one}/${prefix}`) ?? "";
        expect(isWithin(one, [network])).toBe(true);
        expect(isWithin(other, [network])).toBe(networkOf(`${other}/${prefix}`) === network);
      }),
    );
  });
});
