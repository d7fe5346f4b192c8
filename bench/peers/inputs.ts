/** The inputs of the mutations, as resolvers get them. */
export interface UpsertInput {
  readonly source: string;
  readonly customers: readonly Sent[];
}

export interface Sent {
  readonly externalId: string;
  readonly email: string;
  readonly name?: string | null | undefined;
  readonly notes?: string | null | undefined;
  readonly externalUpdatedAt: string;
}

export interface EventsInput {
  readonly events: readonly {
    readonly customer: { readonly id: string };
    readonly name: string;
    readonly quantity: string;
    readonly timestamp: string;
    readonly idempotencyKey: string;
  }[];
}

/** What became of a record. */
export interface Upserted {
  readonly outcome: "CREATED" | "UPDATED" | "STALE";
  readonly customer: { readonly id: string; readonly name: string | null };
}

export function payloadOf({ customers }: UpsertInput, done: readonly Upserted[]) {
  const count = (wanted: string) => done.filter(({ outcome }) => outcome === wanted).length;
  return {
    created: count("CREATED"),
    updated: count("UPDATED"),
    skipped: count("STALE"),
    failed: 0,
    results: done.map((result, index) => ({
      index,
      externalId: customers[index]?.externalId ?? "",
      ...result,
    })),
  };
}
