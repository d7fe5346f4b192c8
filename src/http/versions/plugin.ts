import type { ExecutionResult } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { ApiVersion } from "../../kit/api-versions.ts";
import type { Admission } from "../context.ts";
import { type ResultStream, isStream } from "../operations/types.ts";
import { currentParams, resultFor } from "./adapt.ts";

const versionOf = (context: unknown) => (context as { readonly admission: Admission }).admission.version;

/** Brings requests up to the current version, and answers back down to the request's. It stands after all that makes answers. */
export const versionsPlugin: Plugin = {
  onParams({ params, setParams, context }) {
    setParams(currentParams(versionOf(context), params) as typeof params);
  },
  onResultProcess({ result, setResult, serverContext }) {
    const version = versionOf(serverContext);
    if (isStream(result as ExecutionResult)) {
      return setResult(streamFor(version, result as ResultStream) as typeof result);
    }
    const adapted = [result].flat().map((one) => resultFor(version, one as ExecutionResult));
    setResult((Array.isArray(result) ? adapted : adapted[0]) as typeof result);
  },
};

async function* streamFor(version: ApiVersion, results: ResultStream): ResultStream {
  for await (const result of results) yield resultFor(version, result);
}
