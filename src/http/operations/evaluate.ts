import { createHash } from "node:crypto";
import {
  type ASTNode,
  type ExecutionResult,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  execute,
  visit,
} from "graphql";
import { LRUCache } from "lru-cache";
import { CallerGone, Wanted } from "../../db/abandon.ts";
import type { Context } from "../../graph/context.ts";
import type { Admission } from "../context.ts";
import type { LoadGate } from "../load/gate.ts";
import type { ReadyOperation } from "./execute.ts";

/** A stream whose events are evaluated. */
export interface Evaluated {
  readonly ready: ReadyOperation;
  readonly cost: number;
  readonly admission: Admission;
  /** Makes the context of one event. */
  readonly contextFor: (admission: Admission) => Context;
}

/** Runs the document of a stream on an event, until the stream is not wanted any more. */
export type Evaluate = (event: { readonly id: string }, wanted: Wanted) => Promise<ExecutionResult>;

/** For how long the result of an event is there for other streams, in milliseconds, and how many objects all of them have. */
const sharedMs = 1_000;
const mostShared = 200_000;

/** An evaluation that streams have in common. */
interface Shared {
  readonly result: Promise<ExecutionResult>;
  readonly wanted: Wanted;
  streams: number;
}

/**
 * Evaluates the events of streams, each when the load of the server lets it: a document once for an event, however many streams of one key
 * show the same of it. It is given up when all of them are.
 */
export function createEvaluator(schema: GraphQLSchema, load: LoadGate): (stream: Evaluated) => Evaluate {
  const known = new LRUCache<string, Shared>({ maxSize: mostShared, ttl: sharedMs });
  return ({ ready, cost, admission, contextFor }) => {
    const { document, operation, variableValues } = ready;
    const { environmentId } = admission.viewer;
    const shape = shapeOf(ready, admission);
    const operationName = operation.name?.value;
    const args = { schema, document, variableValues, ...(operationName !== undefined && { operationName }) };
    const begin = (event: object): Shared => {
      const wanted = new Wanted();
      const run = async (): Promise<ExecutionResult> => {
        const contextValue = contextFor({ ...admission, wanted });
        return execute({ ...args, rootValue: event, contextValue, hideSuggestions: true });
      };
      const errand = { environmentId, cost, writes: false, wanted, patient: true };
      return { result: Promise.resolve(load.run(errand, run)), wanted, streams: 0 };
    };
    return async (event, wanted) => {
      if (wanted.reason) throw wanted.reason;
      const key = `${shape} ${event.id}`;
      let shared = known.get(key);
      if (!shared) {
        shared = begin(event);
        known.set(key, shared, { size: Math.max(1, Math.min(cost, mostShared)) });
      }
      const one = shared;
      const forget = (): void => void (known.peek(key) === one && known.delete(key));
      const leave = (): void => {
        one.streams -= 1;
        if (one.streams) return;
        forget();
        one.wanted.abandon(new CallerGone());
      };
      one.streams += 1;
      wanted.begin(leave);
      try {
        const result = await one.result;
        // What failed may go well for the next one who asks.
        if (result.errors) forget();
        return result;
      } catch (error) {
        forget();
        throw error;
      } finally {
        wanted.done(leave);
        if (!wanted.reason) one.streams -= 1;
      }
    };
  };
}

/** The same for streams that show the same of an event. Where they begin, which the root field's arguments say, makes no difference. */
function shapeOf({ document, operation, variableValues }: ReadyOperation, { viewer }: Admission): string {
  const names = new Set<string>();
  const collect = (node: ASTNode): void =>
    void visit(node, { Variable: ({ name }) => void names.add(name.value) });
  for (const node of [...partsOf(operation), ...document.definitions]) {
    if (node.kind !== Kind.OPERATION_DEFINITION) collect(node);
  }
  const variables = [...names].toSorted().map((name) => [name, variableValues[name]]);
  const { environmentId, keyId, scopes } = viewer;
  const text = document.loc?.source.body;
  const parts = [environmentId, keyId, scopes, text, operation.name?.value, variables];
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
}

/** What stands below the root field, which is where events are shown; a root field in a fragment is looked at as a whole. */
function partsOf({ selectionSet }: OperationDefinitionNode): readonly ASTNode[] {
  return selectionSet.selections.flatMap((root): ASTNode[] =>
    root.kind === Kind.FIELD
      ? [...(root.directives ?? []), ...(root.selectionSet ? [root.selectionSet] : [])]
      : [root],
  );
}
