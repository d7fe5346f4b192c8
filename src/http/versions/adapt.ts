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
  let adapted = params;
  for (const { before, adaptParams } of changes) {
    if (version < before) adapted = adaptParams?.(adapted) ?? adapted;
  }
  return adapted;
}

/** The answer of the current version, as `version` tells it. */
export function resultFor(
  version: ApiVersion,
  result: ExecutionResult,
  changes: readonly VersionChange[] = versionChanges,
): ExecutionResult {
  let adapted = result;
  for (let index = changes.length - 1; index >= 0; index--) {
    const { before, adaptResult } = changes[index]!;
    if (version < before) adapted = adaptResult?.(adapted) ?? adapted;
  }
  return adapted;
}
