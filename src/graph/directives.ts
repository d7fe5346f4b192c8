import {
  type ConstDirectiveNode,
  type ConstValueNode,
  DirectiveLocation,
  GraphQLBoolean,
  GraphQLDirective,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLString,
  Kind,
  astFromValue,
} from "graphql";

const required = new GraphQLNonNull(GraphQLString);
const names = new GraphQLList(required);

const cost = new GraphQLDirective({
  name: "cost",
  description:
    "What one object adds to the cost of an operation, as in the GraphQL cost specification. Unless said: 1 for an object, 0 for a scalar or an enum.",
  locations: [
    DirectiveLocation.ARGUMENT_DEFINITION,
    DirectiveLocation.ENUM,
    DirectiveLocation.FIELD_DEFINITION,
    DirectiveLocation.INPUT_FIELD_DEFINITION,
    DirectiveLocation.OBJECT,
    DirectiveLocation.SCALAR,
  ],
  args: { weight: { type: required, description: "The cost, a decimal number." } },
});

const listSize = new GraphQLDirective({
  name: "listSize",
  description:
    "How many rows a list is priced at, as in the GraphQL cost specification. The cost of a list is its size, times the cost of one row with all that is asked for on it.",
  locations: [DirectiveLocation.FIELD_DEFINITION],
  args: {
    assumedSize: { type: GraphQLInt, description: "The size where no slicing argument is given." },
    slicingArguments: {
      type: names,
      description:
        "The arguments that say the size: the largest of those given, and of an argument that is a list its length.",
    },
    sizedFields: {
      type: names,
      description: "The fields of the result that have this size, where the result is no list itself.",
    },
    requireOneSlicingArgument: {
      type: GraphQLBoolean,
      defaultValue: true,
      description: "Whether exactly one slicing argument has to be given.",
    },
  },
});

const sizedBy = new GraphQLDirective({
  name: "sizedBy",
  description:
    "How many rows a list is priced at whose size its arguments decide together: the product of these factors. `meterIds`: how many there are, and 100 without the argument. `groupBy`: 101 with the argument, 1 without. `window`: one more than the windows that fit between `from` and `to`, at most 1500; a window of a month has 30 days, and so do the others theirs of 7 days, a day, an hour and a minute. Without both of them, there are 31 days between `from` and `to`; where one is missing, it is that of the current month in UTC.",
  locations: [DirectiveLocation.FIELD_DEFINITION],
  args: { factors: { type: new GraphQLNonNull(names), description: "The arguments that decide the size." } },
});

const requiresScope = new GraphQLDirective({
  name: "requiresScope",
  description:
    "What a key or an access token has to hold. On a field, that field asks for it and is null with an error PERMISSION_DENIED without it. On a type, so do `node` and `nodes` for rows of the type.",
  locations: [DirectiveLocation.FIELD_DEFINITION, DirectiveLocation.OBJECT],
  args: { scope: { type: required, description: "The scope, such as `customers:read`." } },
});

/** The directives by which the printed graph tells what its fields cost and ask for. */
export const directives = { cost, listSize, sizedBy, requiresScope } as const;

/** The arguments of a use of `@listSize`. */
export interface ListSize {
  readonly assumedSize?: number;
  readonly slicingArguments?: readonly string[];
  readonly sizedFields?: readonly string[];
  readonly requireOneSlicingArgument?: boolean;
}

/** A use of a directive, as printers write it. Arguments that are not given are left out. */
export function use(directive: GraphQLDirective, values: object): ConstDirectiveNode {
  const given = directive.args.filter(({ name }) => Object.hasOwn(values, name));
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: directive.name },
    arguments: given.map(({ name, type }) => ({
      kind: Kind.ARGUMENT,
      name: { kind: Kind.NAME, value: name },
      value: astFromValue((values as Record<string, unknown>)[name], type) as ConstValueNode,
    })),
  };
}
