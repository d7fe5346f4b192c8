import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  execute,
} from "graphql";
import type { Context } from "../../graph/context.ts";
import { type RunOperation, prepareOperation } from "../../graph/execution/query.ts";

/** An operation that may run. */
export interface ReadyOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variableValues: Readonly<Record<string, unknown>>;
}

/** Runs operations as they were prepared when they first came; several mutations in one, which wait for each other, by graphql-js. */
export function executor(schema: GraphQLSchema) {
  // As long as the document is kept.
  const prepared = new WeakMap<OperationDefinitionNode, RunOperation>();
  return (
    { document, operation, variableValues }: ReadyOperation,
    contextValue: Context,
  ): ExecutionResult | Promise<ExecutionResult> => {
    if (operation.operation !== OperationTypeNode.QUERY && hasSeveral(operation)) {
      const operationName = operation.name?.value;
      return execute({
        schema,
        document,
        variableValues,
        contextValue,
        hideSuggestions: true,
        ...(operationName !== undefined && { operationName }),
      }) as ExecutionResult | Promise<ExecutionResult>;
    }
    let run = prepared.get(operation);
    if (!run) {
      run = prepareOperation(schema, document, operation);
      prepared.set(operation, run);
    }
    return run(variableValues, contextValue);
  };
}

/** Whether an operation may have more than one field: by a fragment it can. */
export function hasSeveral({ selectionSet: { selections } }: OperationDefinitionNode): boolean {
  return selections.length > 1 || selections[0]?.kind !== Kind.FIELD;
}
