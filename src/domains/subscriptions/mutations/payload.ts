import type { Row } from "../../../db/datamodel.ts";
import type { GraphTypes } from "../../../graph/builder.ts";
import { BillingSubscription } from "../schema/subscription.ts";
import type { Subscription } from "../state.ts";

/** What most operations on a subscription give. */
export interface SubscriptionResult {
  readonly subscription: Subscription;
  readonly invoice: Row<"Invoice"> | null;
}

type PayloadBuilder<R> = PothosSchemaTypes.ObjectFieldBuilder<GraphTypes, Partial<R>>;

export const subscriptionField = <R extends { readonly subscription: Subscription }>(t: PayloadBuilder<R>) =>
  t.field({
    type: BillingSubscription,
    nullable: true,
    description: "The subscription after the call; null when it was refused.",
    resolve: (({ subscription }: Partial<R>) => subscription) as never,
  });

export const invoiceField = <R extends SubscriptionResult>(t: PayloadBuilder<R>, description: string) =>
  t.field({
    type: "Invoice" as never,
    nullable: true,
    description,
    authScopes: { scope: "invoices:read" },
    resolve: (({ invoice }: Partial<R>) => invoice) as never,
  } as never);
