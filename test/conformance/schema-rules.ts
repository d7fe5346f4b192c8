import plugin from "@graphql-eslint/eslint-plugin";
import type { Linter } from "eslint";
import { Kind, parse, visit } from "graphql";

const { rules: recommended } = plugin.configs["flat/schema-recommended"];
const { rules: relay } = plugin.configs["flat/schema-relay"];

/** The rules of GraphQL ESLint that `schema.graphql` keeps: those recommended for schemas and for Relay, and more. */
export const schemaRules: Linter.RulesRecord = {
  ...(recommended as Linter.RulesRecord),
  ...(relay as Linter.RulesRecord),

  "@graphql-eslint/require-description": [
    "error",
    {
      types: true,
      rootField: true,
      DirectiveDefinition: true,
      FieldDefinition: true,
      InputValueDefinition: true,
      EnumValueDefinition: true,
    },
  ],
  "@graphql-eslint/require-deprecation-reason": "error",
  "@graphql-eslint/input-name": ["error", { caseSensitiveInputType: false }],
  "@graphql-eslint/no-scalar-result-type-on-mutation": "error",
  "@graphql-eslint/require-nullable-fields-with-oneof": "error",
  "@graphql-eslint/unique-input-field-names": "error",

  // The date would be an argument that @deprecated does not have; here it stands in the reason (`undated`).
  "@graphql-eslint/require-deprecation-date": "off",

  // Lists that are short by nature, such as userErrors and the results of a batch, are no connections.
  "@graphql-eslint/relay-edge-types": ["error", { listTypeCanWrapOnlyEdgeType: false }],

  // Values have no identity: only what implements Node has an id (test/graph/conventions.test.ts).
  "@graphql-eslint/strict-id-in-types": "off",

  // A subscription is a thing that customers have, too: `subscriptionChanged` tells of one.
  "@graphql-eslint/naming-convention": namesButLiveOnes(),

  // Some standard terms begin with the name of their type: ExternalId.externalId, Product.productKey.
  "@graphql-eslint/no-typename-prefix": "off",
};

/** The recommended rule of names, which live fields may begin as they like. */
function namesButLiveOnes(): Linter.RuleEntry {
  const [severity, names] = (recommended as Linter.RulesRecord)["@graphql-eslint/naming-convention"] as [
    Linter.RuleSeverity,
    object,
  ];
  return [severity, { ...names, "FieldDefinition[parent.name.value=Subscription]": {} }];
}

/** The reasons of deprecations that do not say, as `2027-01-31`, when what they stand on will be gone. */
export function undated(schema: string): string[] {
  const reasons: string[] = [];
  visit(parse(schema), {
    Directive({ name, arguments: args = [] }) {
      if (name.value !== "deprecated") return;
      const value = args.find((argument) => argument.name.value === "reason")?.value;
      reasons.push(value?.kind === Kind.STRING ? value.value : "");
    },
  });
  return reasons.filter((reason) => !/\b20\d\d-[01]\d-[0-3]\d\b/.test(reason));
}
