import {
  type GraphQLField,
  type GraphQLObjectType,
  buildSchema as schemaOf,
  getDirectiveValues,
  getNamedType,
  isLeafType,
  isRequiredArgument,
} from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { transact } from "../../src/db/transaction.ts";
import { entityNames } from "../../src/graph/entities.ts";
import { printGraph } from "../../src/graph/print.ts";
import { buildSchema } from "../../src/graph/schema.ts";
import { newId } from "../../src/kit/ids.ts";
import { grantableScopes } from "../../src/kit/scopes.ts";
import { type BillingIds, type BillingModel, insertBilling } from "../examples/billing-rows.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { watch } from "../live/watch.ts";
import { fieldsOf, sampleOf } from "./elements.ts";

const printed = schemaOf(printGraph(buildSchema()));
const shown = ({ astNode }: { readonly astNode?: unknown }): string | undefined =>
  getDirectiveValues(printed.getDirective("requiresScope")!, (astNode ?? {}) as never)?.["scope"] as
    | string
    | undefined;

let api: TestApi;
let ids: BillingIds;
/** Who is to lose a seat. */
let seats: object;
beforeAll(async () => {
  api = await startApi();
  ids = await insertBilling(api, api.environmentId, 1);
  await billUsage();
  const { environmentId } = api;
  const { subscriptionItemId, benefitId } = await api.database.prisma.seat.findFirstOrThrow({
    where: { environmentId },
  });
  seats = { subscriptionItemId, benefit: { id: benefitId }, people: [{ email: "seat@a.example" }] };
});
afterAll(() => api.close());

/** Makes the first line of an invoice one that bills usage. */
async function billUsage(): Promise<void> {
  const { prisma } = api.database;
  const { environmentId } = api;
  const item = await prisma.subscriptionItem.findFirstOrThrow({
    where: { environmentId },
    include: { subscription: true, price: true },
  });
  const [startsAt, endsAt] = [new Date("2026-01-01T00:00:00Z"), new Date("2026-02-01T00:00:00Z")];
  const id = newId();
  await prisma.usageCharge.create({
    data: {
      environmentId,
      id,
      customerId: item.subscription.customerId,
      subscriptionId: item.subscriptionId,
      subscriptionItemId: item.id,
      meterId: item.price.meterId ?? "",
      priceId: item.priceId,
      countedFrom: startsAt,
      startsAt,
      endsAt,
    },
  });
  await prisma.invoiceLine.updateMany({
    where: { environmentId, id: ids.InvoiceLine[0] ?? "" },
    data: { usageChargeId: id },
  });
}

interface Sample {
  /** How it is asked: by a request, or as a live stream. */
  readonly live?: boolean;
  readonly document: string;
  readonly variables: Record<string, unknown>;
}

/** An operation that asks for a root field, with the least that it takes. */
function rootSample(
  kind: string,
  { name, args, type }: GraphQLField<unknown, unknown>,
  below = "__typename",
): Sample {
  const selection = isLeafType(getNamedType(type)) ? "" : `{ ${below} }`;
  const given = args.filter(isRequiredArgument);
  const brackets = (parts: string[]): string => (parts.length ? `(${parts.join(", ")})` : "");
  const declared = brackets(given.map((arg) => `$${arg.name}: ${String(arg.type)}`));
  const passed = brackets(given.map((arg) => `${arg.name}: $${arg.name}`));
  return {
    document: `${kind} ${declared} { ${name}${passed} ${selection} }`,
    variables: Object.fromEntries(given.map((arg) => [arg.name, sampleOf(arg.type, newId())])),
  };
}

/** A field with what it must be given, written as in a document. */
function asked({ name, args }: GraphQLField<unknown, unknown>): string {
  const given = args
    .filter(isRequiredArgument)
    .map((arg) => `${arg.name}: ${JSON.stringify(sampleOf(arg.type, newId()))}`);
  return given.length ? `${name}(${given.join(", ")})` : name;
}

/** An operation that asks for a field of an entity, or for the entity alone. */
function nodeSample(model: string, field = "__typename", below = ""): Sample {
  const document = `query ($id: ID!) { node(id: $id) { ... on ${model} { ${field} ${below} } } }`;
  return { document, variables: { id: ids[model as BillingModel][0] } };
}

/** Types without an id of their own: an entity that has some, and by which field. */
const holders: Readonly<Record<string, readonly [model: string, list: string]>> = {
  UsageSummary: ["Customer", "usage"],
  UsageSeries: ["Meter", "usageSeries"],
  CustomerMeter: ["Customer", "meters"],
  SubscriptionTaxRate: ["BillingSubscription", "taxRates"],
  DiscountProduct: ["Discount", "products"],
  Entitlement: ["Customer", "entitlements"],
  UsageBalance: ["BillingSubscription", "usageBalance"],
};

const mutations = Object.values(printed.getMutationType()?.getFields() ?? {});
const entities: readonly string[] = entityNames();
const cases: [path: string, scope: string, sample: () => Sample][] = [
  ...entities.map(
    (name) =>
      [name, shown(printed.getType(name)!) ?? "none", () => nodeSample(name)] as (typeof cases)[number],
  ),
  ...fieldsOf(printed).flatMap(({ path, parent, field }) => {
    const scope = shown(field);
    if (!scope) return [];
    const sample = (): Sample => {
      if (parent === printed.getQueryType()) return rootSample("query", field);
      if (parent === printed.getMutationType()) return rootSample("mutation", field);
      if (parent === printed.getSubscriptionType())
        return { ...rootSample("subscription", field), live: true };
      const watched = Object.values(printed.getSubscriptionType()!.getFields()).find(
        ({ type }) => getNamedType(type) === parent,
      );
      if (watched) {
        return { ...rootSample("subscription", watched, `${field.name} { __typename }`), live: true };
      }
      const answering = mutations.find(({ type }) => getNamedType(type) === parent);
      if (answering) return rootSample("mutation", answering, `${field.name} { __typename }`);
      if (parent.name === "SeatResult") {
        const document = `mutation ($input: UnassignSeatsInput!) {
          unassignSeats(input: $input) { results { ${field.name} { __typename } } } }`;
        return { document, variables: { input: seats } };
      }
      // The answer to one row of several.
      const batch = mutations.find(({ type }) => {
        const { results } = (getNamedType(type) as GraphQLObjectType).getFields();
        return results && getNamedType(results.type) === parent;
      });
      if (batch) return rootSample("mutation", batch, `results { ${field.name} { __typename } }`);
      const [holder, list] = holders[parent.name] ?? [];
      if (holder) return nodeSample(holder, `${list} { ${field.name} { __typename } }`);
      if (parent.name === "UsageExplanation") {
        const document = `query ($id: ID!) { explainUsage(lineId: $id) { ${field.name} { __typename } } }`;
        return { document, variables: { id: ids.InvoiceLine[0] } };
      }
      if (parent.name === "EntitlementSource")
        return nodeSample("Customer", `entitlements { sources { ${field.name} { __typename } } }`);
      return nodeSample(parent.name, asked(field), "{ __typename }");
    };
    return [[path, scope, sample] as (typeof cases)[number]];
  }),
];

/** The errors of an answer, or of the first result of a stream that is refused. */
async function errorsOf({ document, variables, live }: Sample, key = api.key) {
  if (!live) return (await api.graphql(document, variables, { key })).errors;
  const stream = await watch(api, document, variables, key);
  const first = stream.next();
  // An event for those who may listen, so that nobody waits for one.
  await transact(api.database, { ...writer, environmentId: api.environmentId }, async ({ emit }) => {
    for (const objectType of ["customer", "invoice", "subscription"]) {
      emit({ type: `${objectType}.updated`, objectType, objectId: newId(), data: {} });
    }
    emit({
      type: "usage.threshold.reached",
      objectType: "usage",
      objectId: newId(),
      data: { customerId: newId(), subscriptionId: newId(), meterId: newId() },
    });
  });
  const result = await first;
  stream.close();
  return result?.errors;
}

const writer = { actor: "test", requestId: null, now: new Date() };

describe.each(cases)("%s", (_, scope, sample) => {
  const others = grantableScopes.filter((one) => !one.includes("*") && one !== scope);

  it(`asks for ${scope}`, async () => {
    const errors = await errorsOf(sample(), await api.keyWith(...others));
    const told = errors?.map(({ message, extensions }) => `${String(extensions["code"])}: ${message}`);
    expect([...new Set(told)]).toEqual([`PERMISSION_DENIED: This key lacks the scope ${scope}.`]);
  });

  it("is given to whoever holds all that is shown", async () => {
    const errors = (await errorsOf(sample())) ?? [];
    expect(errors.filter(({ extensions }) => extensions["code"] === "PERMISSION_DENIED")).toEqual([]);
  });
});

it("covers all fields that show a scope", () => {
  expect(cases.length).toBeGreaterThan(50);
});
