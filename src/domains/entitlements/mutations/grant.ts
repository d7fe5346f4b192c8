import { writerOf } from "../../../graph/context.ts";
import { mutation } from "../../../graph/mutations.ts";
import { changePayload, changedField } from "../../../graph/payloads.ts";
import { type GrantChange, grantEntitlement } from "../grants/grant.ts";
import { type RevokeChange, revokeEntitlement, revokeEntitlementGrant } from "../grants/revoke.ts";
import {
  GrantEntitlementInput,
  RevokeEntitlementGrantInput,
  RevokeEntitlementInput,
} from "../inputs/grant.ts";
import { EntitlementGrant } from "../schema/grant.ts";

mutation<object, GrantChange>("grantEntitlement", {
  description:
    "Gives an active customer a benefit by hand, beside what its subscriptions give. Where it has been given already, what is sent is changed; where it was denied, the denial ends. Seats cannot be granted: they come with items of subscriptions.",
  scope: "entitlements:write",
  input: GrantEntitlementInput as never,
  payload: (t) => ({
    grant: t.field({
      type: EntitlementGrant,
      nullable: true,
      description: "The grant after the call; null when it was refused.",
      resolve: ({ grant }) => grant,
    }),
    created: t.boolean({
      description: "Whether the customer was not given it by hand before, or no longer.",
      resolve: ({ created }) => created ?? false,
    }),
    changed: changedField(t as never),
  }),
  run: (sent, context) => grantEntitlement(context.database, writerOf(context), sent),
});

const revocations = {
  revokeEntitlement: {
    run: revokeEntitlement,
    input: RevokeEntitlementInput,
    description:
      "Takes a benefit from a customer: what was given by hand ends and, while a subscription gives it, it is denied until it is granted again or the denial is revoked. Doing it twice is the same as once.",
    grant: "The grant that ended, or the denial that keeps the customer out now; null when it was refused.",
  },
  revokeEntitlementGrant: {
    run: revokeEntitlementGrant,
    input: RevokeEntitlementGrantInput,
    description:
      "Ends one grant by hand, or one denial; what subscriptions give stays, or comes back. Doing it twice is the same as once.",
    grant: "The grant, or the denial, after the call; null when it was refused.",
  },
};

for (const [name, { run, input, description, grant: grantNote }] of Object.entries(revocations)) {
  mutation<object, RevokeChange>(name, {
    description,
    scope: "entitlements:write",
    input: input as never,
    payload: changePayload("grant", EntitlementGrant, grantNote),
    run: (sent, context) => run(context.database, writerOf(context), sent),
  });
}
