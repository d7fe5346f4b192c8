import type { SubgraphName } from "./subgraph-names.ts";

/** What a builder was given by which subgraph's domains. */
export interface Ownership {
  /** The subgraph of each entity, by the name of its type. */
  readonly entities: Map<string, SubgraphName>;
  /** The subgraph of each field of a root and of each that was added to another domain's type, by type and field: `Query.node`. */
  readonly fields: Map<string, SubgraphName | undefined>;
}

/** The parts of a Pothos builder by which fields are added to a type from outside it. */
interface Recorded {
  readonly configStore: {
    addFields(type: unknown, fields: () => object): void;
    onTypeConfig(type: unknown, use: (config: { readonly name: string }, ref: unknown) => void): void;
  };
}

const known = new WeakMap<object, Ownership>();

/** The subgraph whose domain is being loaded. */
let loading: SubgraphName | undefined;

/** Loads domains: what they give to a builder is served by `subgraph`. */
export async function serve(subgraph: SubgraphName, load: () => Promise<unknown>): Promise<void> {
  loading = subgraph;
  try {
    await load();
  } finally {
    loading = undefined;
  }
}

export function nothingOwned(): Ownership {
  return { entities: new Map(), fields: new Map() };
}

/** Takes down, from now on, which subgraph's domain gives what to a builder. */
export function recordOwnership(builder: object, ownership: Ownership): void {
  known.set(builder, ownership);
  const { configStore } = builder as Recorded;
  const onTypeConfig = configStore.onTypeConfig.bind(configStore);
  const addFields = configStore.addFields.bind(configStore);
  // What waits for a type is done when another domain gives that type.
  configStore.onTypeConfig = (type, use) => {
    const asker = loading;
    onTypeConfig(type, (config, ref) => {
      const giver = loading;
      loading = asker;
      use(config, ref);
      loading = giver;
    });
  };
  configStore.addFields = (type, fields) => {
    const subgraph = loading;
    addFields(type, () => {
      const added = fields();
      onTypeConfig(type, ({ name }) => {
        for (const field in added) ownership.fields.set(`${name}.${field}`, subgraph);
      });
      return added;
    });
  };
}

/** Takes down that the domain which is being loaded owns an entity. */
export function ownEntity(builder: object, type: string): void {
  if (loading) ownershipOf(builder).entities.set(type, loading);
}

export function ownershipOf(builder: object): Ownership {
  const ownership = known.get(builder);
  if (!ownership) throw new Error("nothing is known of this builder");
  return ownership;
}

/** Whether a subgraph has fields of this entity, its own or added ones. */
export function hasEntity({ entities, fields }: Ownership, type: string, subgraph: SubgraphName): boolean {
  if (entities.get(type) === subgraph) return true;
  if (!entities.has(type)) return false;
  return [...fields].some(([name, by]) => by === subgraph && name.startsWith(`${type}.`));
}
