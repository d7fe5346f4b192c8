import { type Resource, type Scope, covers, resources } from "../../kit/scopes.ts";

/** The resources of objects that are not called like theirs. */
const named: Readonly<Record<string, Resource>> = {
  billing_settings: "settings",
  payment: "invoices",
  test_clock: "clocks",
  usage: "usage",
};

/** What reading events about objects of a type asks for, beside `events:read`; undefined where only `*` will do. */
export function scopeOfEvents(objectType: string): Scope | undefined {
  const resource = named[objectType] ?? resources.find((one) => one === `${objectType}s`);
  return resource && `${resource}:read`;
}

/** Whether a key with these scopes may read events about objects of a type. */
export function mayRead(scopes: readonly string[], objectType: string): boolean {
  const scope = scopeOfEvents(objectType);
  return scope ? covers(scopes, scope) : scopes.includes("*");
}
