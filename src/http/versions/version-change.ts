import type { ExecutionResult } from "graphql";
import type { ApiVersion } from "../../kit/api-versions.ts";
import type { OperationParams } from "../operations/types.ts";

/**
 * A change of behaviour, undone for requests of versions before it. The program inside knows the current version only: a
 * request is brought up to it at the edge, and its answer back down.
 */
export interface VersionChange {
  /** The version that brought the change: requests of earlier ones are adapted. */
  readonly before: ApiVersion;
  /** Makes of a request of an earlier version one of this version. */
  readonly adaptParams?: (params: OperationParams) => OperationParams;
  /** Makes of an answer of this version one of the version before it. */
  readonly adaptResult?: (result: ExecutionResult) => ExecutionResult;
}
