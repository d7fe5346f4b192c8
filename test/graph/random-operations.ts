import {
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isObjectType,
} from "graphql";

/** The text of a query by numbers: pages of all sizes, nested, aliased and in fragments. It is not meant to be run. */
export function randomQuery(schema: GraphQLSchema, next: () => number): string {
  const one = <T>(list: readonly T[]): T => list[next() % list.length]!;
  let alias = 0;

  const setOf = (type: GraphQLNamedType, levels: number): string => {
    const wrap = (text: string): string => (next() % 4 ? text : `... on ${type.name} { ${text} }`);
    const parts = Array.from({ length: 1 + (next() % 3) }, () => wrap(fieldOf(type, levels)));
    return `{ ${parts.join(" ")} }`;
  };

  const fieldOf = (type: GraphQLNamedType, levels: number): string => {
    if (isInterfaceType(type) && next() % 2) {
      const narrowed = one(schema.getImplementations(type).objects);
      return `... on ${narrowed.name} ${setOf(narrowed, levels)}`;
    }
    if (!isObjectType(type) && !isInterfaceType(type)) return "__typename";
    const fields = Object.values(type.getFields()).filter(
      (field) => levels > 0 || isLeafType(getNamedType(field.type)),
    );
    if (!fields.length) return "__typename";
    const field = one(fields);
    const result = getNamedType(field.type);
    const args = field.args.flatMap(({ name }) => {
      if ((name === "first" || name === "last") && next() % 2) return [`${name}: ${1 + (next() % 100)}`];
      if (name === "groupBy" && next() % 2) return ['groupBy: "region"'];
      if (name === "window" && next() % 2)
        return [`window: ${one(["MINUTE", "HOUR", "DAY", "WEEK", "MONTH"])}`];
      if (name === "meterIds" && next() % 2)
        return [`meterIds: ${JSON.stringify(["a", "b"].slice(next() % 3))}`];
      return name === "ids" ? [`ids: ${JSON.stringify(Array.from({ length: next() % 100 }, String))}`] : [];
    });
    const given = args.length ? `(${args.join(", ")})` : "";
    return `a${alias++}: ${field.name}${given} ${isLeafType(result) ? "" : setOf(result, levels - 1)}`;
  };

  return `query ${setOf(schema.getQueryType()!, 6)}`;
}
