import type { GraphQLOutputType, GraphQLResolveInfo } from "graphql";
import type { FieldPlan, Origin, Variables } from "./plan.ts";

/** The way to a value in the answer. */
export interface Path {
  readonly prev: Path | undefined;
  readonly key: string | number;
  readonly typename: string | undefined;
}

/** What resolvers of graphql 16 are told. The types of other packages add what graphql 17 tells besides. */
type Told = Omit<GraphQLResolveInfo, "getAbortSignal" | "getAsyncHelpers">;

/** What a resolver of `field` is told besides its arguments; `above` leads to the object that the field is asked of. */
export function infoOf(
  field: FieldPlan,
  origin: Origin,
  variables: Variables,
  above: Path | undefined,
): GraphQLResolveInfo {
  return new Info(field, origin, variables, above) as Told as GraphQLResolveInfo;
}

/** The plan of the field that a resolver is told of; undefined where another executor runs it. */
export function planOf(info: GraphQLResolveInfo): { field: FieldPlan; origin: Origin } | undefined {
  return Info.planOf(info);
}

/** Most resolvers never look at it, so it is put together when one does. */
class Info implements Told {
  readonly #field: FieldPlan;
  readonly #origin: Origin;
  readonly #above: Path | undefined;
  readonly #variables: Variables;

  constructor(field: FieldPlan, origin: Origin, variables: Variables, above: Path | undefined) {
    this.#field = field;
    this.#origin = origin;
    this.#variables = variables;
    this.#above = above;
  }

  static planOf(info: object): { field: FieldPlan; origin: Origin } | undefined {
    return #field in info ? { field: info.#field, origin: info.#origin } : undefined;
  }

  get fieldName(): string {
    return this.#field.name;
  }

  get fieldNodes(): GraphQLResolveInfo["fieldNodes"] {
    return this.#field.nodes;
  }

  get returnType(): GraphQLOutputType {
    return this.#field.definition.type;
  }

  get parentType(): GraphQLResolveInfo["parentType"] {
    return this.#field.parent;
  }

  get path(): Path {
    return pathOf(this.#field, this.#above);
  }

  get schema(): GraphQLResolveInfo["schema"] {
    return this.#origin.schema;
  }

  get fragments(): GraphQLResolveInfo["fragments"] {
    return this.#origin.fragments;
  }

  get rootValue(): undefined {
    return undefined;
  }

  get operation(): GraphQLResolveInfo["operation"] {
    return this.#origin.operation;
  }

  get variableValues(): Record<string, unknown> {
    return this.#variables;
  }
}

/** The way to a field of the object that `above` leads to. */
export function pathOf({ key, parent }: FieldPlan, above: Path | undefined): Path {
  return { prev: above, key, typename: parent.name };
}
