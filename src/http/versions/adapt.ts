import type { ExecutionResult } from "graphql";
import type { ApiVersion } from "../../kit/api-versions.ts";
import type { OperationParams } from "../operations/types.ts";
import { lowerCaseCodes } from "./lower-case-codes.ts";
import type { VersionChange } from "./version-change.ts";

/** Every change of behaviour, oldest first. */
const versionChanges: readonly VersionChange[] = [lowerCaseCodes];

/** The request, written for `version`, as one of the current version. */
export function currentParams(
  version: ApiVersion,
  params: OperationParams,
  changes: readonly VersionChange[] = versionChanges,
): OperationParams {
  return changes
    .filter(({ before }) => version < before)
    .reduce((adapted, { adaptParams }) => adaptParams?.(adapted) ?? adapted, params);
}

/** The answer of the current version, as `version` tells it. */
export function resultFor(
  version: ApiVersion,
  result: ExecutionResult,
  changes: readonly VersionChange[] = versionChanges,
): ExecutionResult {
  return changes
    .filter(({ before }) => version < before)
    .reduceRight((adapted, { adaptResult }) => adaptResult?.(adapted) ?? adapted, result);
}
