import { type GraphQLField, isLeafType, getNamedType, isObjectType, isRequiredArgument } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builder } from "../../src/graph/builder.ts";
import { entityNames, scopeOf } from "../../src/graph/entities.ts";
import { ownershipOf } from "../../src/graph/ownership.ts";
import { buildSubgraph } from "../../src/graph/schema.ts";
import { subgraphNames } from "../../src/graph/subgraph-names.ts";
import { newId } from "../../src/kit/ids.ts";
import { grantableScopes } from "../../src/kit/scopes.ts";
import { type BillingIds, insertBilling } from "../examples/billing-rows.ts";
import { sampleOf } from "../graph/elements.ts";
import { type TestApi, startApi } from "../kit/api.ts";

const { entities } = ownershipOf(builder);

function asked({ name, args, type }: GraphQLField<unknown, unknown>): string {
  const given = args
    .filter(isRequiredArgument)
    .map((arg) => `${arg.name}: ${JSON.stringify(sampleOf(arg.type, newId()))}`);
  const selection = isLeafType(getNamedType(type)) ? "" : "{ __typename }";
  return `${name}${given.length ? `(${given.join(", ")})` : ""} ${selection}`;
}

describe.each(subgraphNames)("the subgraph %s, asked without the scope of another's entity", (subgraph) => {
  const schema = buildSubgraph(subgraph);
  const foreign = entityNames().flatMap((name) => {
    const type = schema.getType(name);
    if (!isObjectType(type) || entities.get(name) === subgraph) return [];
    const fields = Object.values(type.getFields()).filter((field) => field.name !== "id");
    return fields.length ? [[name, fields] as const] : [];
  });

  let api: TestApi;
  let ids: BillingIds;
  beforeAll(async () => {
    api = await startApi({ schema: undefined, subgraph: schema });
    ids = await insertBilling(api, api.environmentId, 1);
  });
  afterAll(() => api.close());

  it.skipIf(!foreign.length).each(foreign)(
    "does not tell whether there is such a %s",
    async (name, fields) => {
      const others = grantableScopes.filter((one) => !one.includes("*") && one !== scopeOf(name));
      const key = await api.keyWith(...others);
      const ask = async (id: string, selection: string) => {
        const document = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on ${name} { ${selection} } } }`;
        return api.graphql(document, { r: [{ __typename: name, id }] }, { key, path: "/subgraph" });
      };
      const [known] = (ids as unknown as Record<string, string[]>)[name] ?? [];
      for (const id of [known ?? "", newId()]) {
        const { data, errors } = await ask(id, "id");
        expect(errors).toBeUndefined();
        expect(data._entities).toEqual([{ id }]);
      }
      const stranger = await ask(newId(), fields.map(asked).join(" "));
      const codes = stranger.errors?.map(({ extensions }) => extensions["code"]) ?? [];
      expect(codes.filter((code) => code !== "PERMISSION_DENIED")).toEqual([]);
      expect((await ask("no id", "id")).data._entities).toEqual([null]);
    },
  );
});
