import { composeServices as checkByApollo } from "@apollo/composition";
import { composeServices } from "@theguild/federation-composition";
import type { DocumentNode } from "graphql";

/** A part of a supergraph. */
export interface Part {
  readonly name: string;
  readonly url: string;
  readonly typeDefs: DocumentNode;
}

/**
 * The supergraph that gateways run by, made by the Guild's composer, to which Apollo's has to agree: an error of either, or a
 * hint that is more than a remark, is a problem, and with one there is no supergraph.
 */
export function supergraphOf(parts: Part[]): { readonly sdl?: string; readonly problems: readonly string[] } {
  const { supergraphSdl, errors = [] } = composeServices(parts);
  const checked = checkByApollo(parts);
  const hints = (checked.hints ?? []).filter(({ definition }) => definition.level.name !== "DEBUG");
  const problems = [
    ...errors.map(({ message }) => `${message} (the Guild's composer)`),
    ...(checked.errors ?? []).map(({ message }) => `${message} (Apollo's composer)`),
    ...hints.map(({ definition, message }) => `${definition.code}: ${message}`),
  ];
  return supergraphSdl && !problems.length ? { sdl: supergraphSdl, problems } : { problems };
}
