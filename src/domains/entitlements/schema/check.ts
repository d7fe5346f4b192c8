import { builder } from "../../../graph/builder.ts";
import { requestError } from "../../../graph/errors.ts";
import { input } from "../../../graph/inputs.ts";
import { CustomerReferenceInput } from "../../../graph/references.ts";
import { type Check, loadChecks } from "../loaders.ts";
import { Entitlement } from "./entitlement.ts";

const mostKeys = 100;

const person = input(
  "SeatPersonInput",
  "A person who uses a seat, by the id, the e-mail address, or either.",
  (t) => ({
    userId: t.string({ description: "The merchant's own id of the person." }),
    email: t.string({ description: "The e-mail address, in any case." }),
  }),
);

const personNote =
  "The person who is to use it. For SEATS the answer is then whether that person has a seat, not whether one is free; all else it makes no difference to.";

builder.queryField("checkEntitlement", (t) =>
  t.field({
    type: Entitlement,
    nullable: true,
    description:
      "Whether a customer may use a benefit now, and how much is left; null when there is no such customer. A key that no benefit has is answered: not entitled, UNKNOWN_BENEFIT. Nothing is reserved or used up. Many checks of one request are one statement.",
    authScopes: { scope: "entitlements:read" },
    args: {
      customer: t.arg({ type: CustomerReferenceInput, required: true, description: "Whose entitlement." }),
      key: t.arg.string({ required: true, description: "The key of the benefit." }),
      quantity: t.arg({
        type: "Decimal",
        description:
          "How much is about to be used, more than 0: entitled only if the limit leaves room for it. Without it, if anything is left.",
      }),
      person: t.arg({ type: person, description: personNote }),
    },
    resolve: async (_root, { customer, key, quantity, person: who }, context) => {
      if (quantity != null && !/[1-9]/.test(quantity.replace(/^-.*/, ""))) {
        throw requestError("INVALID_REQUEST", "checkEntitlement: quantity must be more than 0.");
      }
      const check = { customer, keys: [key], quantity, person: who } as unknown as Check;
      const [entitlement] = (await loadChecks(context, check)) ?? [];
      return entitlement ?? null;
    },
  }),
);

builder.queryField("checkEntitlements", (t) =>
  t.field({
    type: [Entitlement],
    nullable: true,
    description:
      "What `checkEntitlement` answers for many benefits at once, in the order of the keys; null when there is no such customer. One statement, however many keys there are.",
    authScopes: { scope: "entitlements:read" },
    args: {
      customer: t.arg({ type: CustomerReferenceInput, required: true, description: "Whose entitlements." }),
      keys: t.arg.stringList({ required: true, description: `The keys of the benefits, 1 to ${mostKeys}.` }),
      person: t.arg({ type: person, description: personNote }),
    },
    resolve: (_root, { customer, keys, person: who }, context) => {
      if (!keys.length || keys.length > mostKeys) {
        throw requestError(
          "INVALID_REQUEST",
          `checkEntitlements: give 1 to ${mostKeys} keys, not ${keys.length}.`,
        );
      }
      return loadChecks(context, { customer, keys, person: who } as unknown as Check);
    },
  }),
);
