import SchemaBuilder, {
  BasePlugin,
  type PothosOutputFieldConfig,
  type PothosTypeConfig,
  type SchemaTypes,
} from "@pothos/core";
import { type GraphQLObjectType, type GraphQLSchema, isObjectType } from "graphql";
import type { ModelName } from "../../db/datamodel.ts";
import { isId } from "../../kit/ids.ts";
import { covers } from "../../kit/scopes.ts";
import type { Context } from "../context.ts";
import { scopeOf } from "../entity-scopes.ts";
import { loadById } from "../loaders.ts";
import { type Ownership, ownershipOf } from "../ownership.ts";
import { type SubgraphName, subgraphNames } from "../subgraph-names.ts";

declare global {
  // oxlint-disable-next-line typescript/no-namespace -- this is how Pothos learns of a plugin
  export namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      subgraphs: SubgraphsPlugin<Types>;
    }
  }
}

/** The key that every subgraph knows entities by. */
const everywhere = "id";

const roots: ReadonlySet<string> = new Set(["Query", "Mutation", "Subscription"]);

/**
 * Says to the plugin that cuts subgraphs out of the graph where each field is: a root's field, and one that was added to
 * another domain's type, in the subgraph of the domain that gave it; an entity's own fields in the entity's, its id in all.
 * Types that are no entities are wherever something leads to them.
 */
class SubgraphsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  private get ownership(): Ownership {
    return ownershipOf(this.builder);
  }

  /** Where there is nothing to be watched, there is no root for it either. */
  override onTypeConfig(config: PothosTypeConfig): PothosTypeConfig {
    if (config.kind !== "Subscription") return config;
    const given = [...this.ownership.fields].filter(([field]) => field.startsWith("Subscription."));
    const subGraphs = [...new Set(given.map(([, subgraph]) => subgraph))];
    return { ...config, extensions: { ...config.extensions, subGraphs } };
  }

  override onOutputFieldConfig(config: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    const subGraphs = this.placesOf(config.parentType, config.name);
    return { ...config, extensions: { ...config.extensions, subGraphs } };
  }

  private placesOf(type: string, field: string): readonly SubgraphName[] {
    const { entities, fields } = this.ownership;
    const owner = entities.get(type);
    if (owner === undefined && !roots.has(type)) return subgraphNames;
    if (owner !== undefined && field === everywhere) return subgraphNames;
    const subgraph = fields.get(`${type}.${field}`) ?? owner;
    return subgraph ? [subgraph] : [];
  }

  override afterBuild(schema: GraphQLSchema): GraphQLSchema {
    const { subGraph } = this.options;
    if (subGraph === undefined) return schema;
    for (const type of Object.values(schema.getTypeMap())) {
      const owner = this.ownership.entities.get(type.name);
      if (isObjectType(type) && owner !== undefined && owner !== subGraph) knowById(type);
    }
    return schema;
  }
}

/**
 * Leaves an entity of another subgraph the one key that all know, and no way in where there is nothing behind it. Whoever
 * refers to it needs no scope for the entity itself: nothing of it is shown, and each field that is added asks for its own. Without
 * the scope it is not told either whether there is such an entity: every id is taken for one.
 */
function knowById(type: GraphQLObjectType): void {
  const resolvable = Object.keys(type.getFields()).some((field) => field !== everywhere);
  const key = { name: "key", args: { fields: everywhere, ...(!resolvable && { resolvable }) } };
  const model = type.name as ModelName;
  const resolveReference = async ({ id }: { id: string }, context: Context) => {
    const row = await loadById(context, model, id);
    return (
      row ?? (isId(id) && !covers(context.viewer.scopes, scopeOf(model)) ? { id: id.toLowerCase() } : null)
    );
  };
  type.extensions = { ...type.extensions, directives: [key], apollo: { subgraph: { resolveReference } } };
}

SchemaBuilder.registerPlugin("subgraphs", SubgraphsPlugin);
