import type { ExecutionResult, GraphQLSchema } from "graphql";
import type { Soon } from "../kit/soon.ts";
import type { Arrival } from "./admit.ts";
import { leaveBody } from "./body.ts";
import type { Admission } from "./context.ts";
import { type OperationsOptions, createOperations } from "./operations/run.ts";
import { answerPlain, isPlain } from "./plain.ts";
import { createGraphQL } from "./yoga.ts";

export interface DoorOptions extends OperationsOptions {
  readonly endpoint: string;
  readonly schema: GraphQLSchema;
  /** Whether plain requests take the short way. True unless said. */
  readonly shortWay?: boolean | undefined;
}

/** Answers a GraphQL request that was let in. */
export type Door = (arrival: Arrival, admission: Admission) => Soon<void>;

/**
 * GraphQL over HTTP. An operation that is sent as JSON takes the short way, by nothing but `node:http`; Yoga answers all
 * other requests, and what is handed on to it. Both run operations by the same function.
 */
export function createDoor({ endpoint, shortWay = true, ...options }: DoorOptions): Door {
  const { schema, logger } = options;
  const operations = createOperations(options);
  const yoga = createGraphQL({ endpoint, schema, operations, logger });
  const answerByYoga = async (
    { request, answer }: Arrival,
    admission: Admission,
    answered?: ExecutionResult,
  ): Promise<void> => {
    const response = answer.handOver();
    await leaveBody(request);
    await yoga.handle(request, response, { admission, response, answered });
  };
  return (arrival, admission) => {
    if (!shortWay || !isPlain(arrival.request)) return answerByYoga(arrival, admission);
    return answerPlain(operations, arrival, admission).then((handedOn) =>
      handedOn ? answerByYoga(arrival, admission, handedOn.answered) : undefined,
    );
  };
}
