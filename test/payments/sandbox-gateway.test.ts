import { expect, it } from "vitest";
import { sandboxGateway } from "../../src/domains/payments/sandbox-gateway.ts";

it.each(["constructor", "__proto__", "toString", 7, null, undefined])(
  "the gateway of test mode succeeds when a customer's metadata says %j, which means nothing",
  async (wanted) => {
    const charge = { idempotencyKey: "one", customerMetadata: { sandbox_payment: wanted } };
    expect(await sandboxGateway.charge([charge as never])).toEqual([
      { status: "SUCCEEDED", reference: "sandbox:one" },
    ]);
  },
);
