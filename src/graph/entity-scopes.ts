import type { ModelName } from "../db/datamodel.ts";
import type { Scope } from "../kit/scopes.ts";

/** The scope that reading rows of each entity asks for. */
const scopes = new Map<ModelName, Scope>();

/** Says what reading rows of an entity asks for. */
export function declareScope(model: ModelName, scope: Scope): void {
  scopes.set(model, scope);
}

/** The names of all entities. */
export function entityNames(): readonly ModelName[] {
  return [...scopes.keys()];
}

/** The scope that reading rows of `model` asks for. */
export function scopeOf(model: ModelName): Scope {
  const scope = scopes.get(model);
  if (!scope) throw new Error(`${model} is used before it was declared as an entity`);
  return scope;
}

/** The scope that reading things of a type asks for; undefined for types that are no entities. */
export function scopeOfType(name: string): Scope | undefined {
  return scopes.get(name as ModelName);
}
