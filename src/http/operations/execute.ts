import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  execute,
} from "graphql";
import { LRUCache } from "lru-cache";
import type { Context } from "../../graph/context.ts";
import { withinSize } from "../../graph/execution/answer-size.ts";
import { type RunOperation, prepareOperation } from "../../graph/execution/query.ts";
import { type Soon, andThen } from "../../kit/soon.ts";
import { standardIntrospections } from "./introspection.ts";

/** An operation that may run. */
export interface ReadyOperation {
  readonly document: DocumentNode;
  /** What its answer is kept by, where that is always the same. */
  readonly kept?: string | undefined;
  readonly operation: OperationDefinitionNode;
  readonly variableValues: Readonly<Record<string, unknown>>;
}

/** Runs operations as they were prepared when they first came; several mutations in one, which wait for each other, by graphql-js. */
export function executor(schema: GraphQLSchema, answerBytes: number) {
  // As long as the document is kept.
  const prepared = new WeakMap<OperationDefinitionNode, RunOperation>();
  const answers = new LRUCache<string, Soon<ExecutionResult>>({ max: standardIntrospections });
  const run = (
    { document, operation, variableValues }: ReadyOperation,
    contextValue: Context,
  ): ExecutionResult | Promise<ExecutionResult> => {
    if (operation.operation !== OperationTypeNode.QUERY && hasSeveral(operation)) {
      const operationName = operation.name?.value;
      const result = execute({
        schema,
        document,
        variableValues,
        contextValue,
        hideSuggestions: true,
        ...(operationName !== undefined && { operationName }),
      }) as ExecutionResult | Promise<ExecutionResult>;
      return andThen(result, (one) => withinSize(one, answerBytes, true));
    }
    let runOne = prepared.get(operation);
    if (!runOne) {
      runOne = prepareOperation(schema, document, operation, answerBytes);
      prepared.set(operation, runOne);
    }
    return runOne(variableValues, contextValue);
  };
  return (ready: ReadyOperation, contextValue: Context): Soon<ExecutionResult> => {
    const { kept } = ready;
    if (kept === undefined) return run(ready, contextValue);
    let answer = answers.get(kept);
    if (!answer) answers.set(kept, (answer = run(ready, contextValue)));
    return answer;
  };
}

/** Whether an operation may have more than one field: by a fragment it can. */
export function hasSeveral({ selectionSet: { selections } }: OperationDefinitionNode): boolean {
  return selections.length > 1 || selections[0]?.kind !== Kind.FIELD;
}
