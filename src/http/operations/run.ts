import {
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
  execute,
} from "graphql";
import type { TransactionHost } from "../../db/transaction.ts";
import type { Context } from "../../graph/context.ts";
import { requestError } from "../../graph/errors.ts";
import { measure } from "../../graph/measure.ts";
import { largestSize } from "../../graph/pages.ts";
import { publicError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import { checkMeasure, checkVariables } from "./checks.ts";
import { type ValidDocument, createDocuments, operationOf } from "./documents.ts";
import { requestFingerprint } from "./fingerprint.ts";
import { runOnce } from "./run-once.ts";
import type { OperationParams, OperationRequest, Operations } from "./types.ts";

export interface OperationsOptions {
  readonly schema: GraphQLSchema;
  readonly database: TransactionHost;
  readonly logger: Logger;
}

/** The way of every operation, whichever door it came in by. */
export function createOperations({ schema, database, logger }: OperationsOptions): Operations {
  const documents = createDocuments(schema);

  async function run(
    { document }: ValidDocument,
    operation: OperationDefinitionNode,
    variableValues: Readonly<Record<string, unknown>>,
    contextValue: Context,
  ): Promise<ExecutionResult> {
    const operationName = operation.name?.value;
    const result = await execute({
      schema,
      document,
      variableValues,
      contextValue,
      ...(operationName !== undefined && { operationName }),
    });
    if (!result.errors) return result;
    return {
      ...result,
      errors: result.errors.map((error) => publicError(error, contextValue.requestId, logger)),
    };
  }

  return async (params, request) => {
    if (typeof params.query !== "string" || !params.query) {
      throw requestError("INVALID_REQUEST", "Send a GraphQL document as query.");
    }
    const valid = documents(params.query);
    const operation = operationOf(valid, params.operationName);
    const variables = params.variables ?? {};
    checkVariables(variables);
    checkMeasure(measure(schema, valid.document, operation, variables, largestSize));

    const isMutation = operation.operation === OperationTypeNode.MUTATION;
    if (isMutation && request.readOnly) throw requestError("METHOD_NOT_ALLOWED", "Send mutations by POST.");
    const key = isMutation ? keyOf(request, params) : undefined;
    if (key === undefined) {
      return {
        result: await run(valid, operation, variables, request.contextOn(database)),
        replayed: undefined,
      };
    }
    const { environmentId } = request;
    const fingerprint = requestFingerprint(valid.fingerprint, operation.name?.value, variables);
    return runOnce(database, { environmentId, key, fingerprint }, (host) =>
      run(valid, operation, variables, request.contextOn(host)),
    );
  };
}

const longestKey = 255;

/** The key that makes a mutation safe to repeat: the header's, or that of `extensions.idempotencyKey`. */
function keyOf({ idempotencyKey }: OperationRequest, { extensions }: OperationParams): string | undefined {
  const extension = extensions?.["idempotencyKey"];
  if (extension !== undefined && typeof extension !== "string") {
    throw requestError("INVALID_REQUEST", "extensions.idempotencyKey must be a text.");
  }
  if (idempotencyKey !== undefined && extension !== undefined && idempotencyKey !== extension) {
    throw requestError(
      "INVALID_REQUEST",
      "Idempotency-Key and extensions.idempotencyKey differ: send one of them.",
    );
  }
  const key = idempotencyKey ?? extension;
  if (key !== undefined && (key.length < 1 || key.length > longestKey || !/^[\x20-\x7E]+$/.test(key))) {
    throw requestError(
      "INVALID_REQUEST",
      `An idempotency key has 1 to ${longestKey} printable ASCII characters.`,
    );
  }
  return key;
}
