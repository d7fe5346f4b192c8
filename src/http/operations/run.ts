import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  OperationTypeNode,
  execute,
} from "graphql";
import type { Context } from "../../graph/context.ts";
import { requestError } from "../../graph/errors.ts";
import { measure } from "../../graph/measure.ts";
import { largestSize } from "../../graph/pages.ts";
import { type GraphDatabase, contextOn } from "../context.ts";
import { publicError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import { checkMeasure, checkVariables } from "./checks.ts";
import { extraTokens, withCost } from "./cost.ts";
import { createDocuments, operationOf } from "./documents.ts";
import { requestFingerprint } from "./fingerprint.ts";
import { runOnce } from "./run-once.ts";
import type { OperationParams, OperationRequest, Operations } from "./types.ts";

export interface OperationsOptions {
  readonly schema: GraphQLSchema;
  readonly database: GraphDatabase;
  readonly logger: Logger;
}

/** The way of every operation, whichever door it came in by. */
export function createOperations({ schema, database, logger }: OperationsOptions): Operations {
  const documents = createDocuments(schema);

  async function run(operation: ReadyOperation, contextValue: Context): Promise<ExecutionResult> {
    const { document, operationName, variableValues } = operation;
    const result = await execute({
      schema,
      document,
      variableValues,
      contextValue,
      ...(operationName !== undefined && { operationName }),
    });
    if (!result.errors) return result;
    const errors = result.errors.map((error) => publicError(error, contextValue.requestId, logger));
    return { ...result, errors };
  }

  return async (params, request) => {
    const { admission } = request;
    if (typeof params.query !== "string" || !params.query) {
      throw requestError("INVALID_REQUEST", "Send a GraphQL document as query.");
    }
    const valid = documents(params.query);
    const operation = operationOf(valid, params.operationName);
    const variableValues = params.variables ?? {};
    checkVariables(variableValues);
    const measured = measure(schema, valid.document, operation, variableValues, largestSize);
    checkMeasure(measured);
    const isMutation = operation.operation === OperationTypeNode.MUTATION;
    if (isMutation && request.readOnly) throw requestError("METHOD_NOT_ALLOWED", "Send mutations by POST.");
    if (params.extensions?.["dryRun"] === true) {
      const dry = { data: null, extensions: { dryRun: true } };
      return { result: withCost(dry, measured.cost, admission, null), replayed: undefined };
    }
    await admission.charge(extraTokens(measured.cost));

    const operationName = operation.name?.value;
    const ready = { document: valid.document, operationName, variableValues };
    const key = isMutation ? keyOf(request, params) : undefined;
    if (key === undefined) {
      const context = contextOn(database, admission);
      const result = await run(ready, context);
      if (!isMutation && isAway(result)) return { result: withoutData(result), replayed: undefined };
      return { result: withCost(result, measured.cost, admission, context.tally), replayed: undefined };
    }
    const { environmentId } = admission.viewer;
    const fingerprint = requestFingerprint(valid.fingerprint, operationName, variableValues);
    const answer = await runOnce(database, { environmentId, key, fingerprint }, (host) =>
      run(ready, contextOn({ ...database, ...host }, admission)),
    );
    return { ...answer, result: withCost(answer.result, measured.cost, admission, null) };
  };
}

/** Whether something is missing because the database was away: such a query is to be asked again as a whole. */
function isAway({ errors }: ExecutionResult): boolean {
  return errors?.some(({ extensions }) => extensions["code"] === "SERVICE_UNAVAILABLE") ?? false;
}

function withoutData({ errors }: ExecutionResult): ExecutionResult {
  return { errors: errors ?? [] };
}

/** An operation that may run. */
interface ReadyOperation {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variableValues: Readonly<Record<string, unknown>>;
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
