import type { OperationReport } from "./operations/types.ts";

/** So many registered operations, and so many other documents, have figures of their own; the rest share one label. */
const mostLabels = 200;

/** How many hexadecimal digits tell documents apart. */
const digits = 12;

type Labelled = Pick<OperationReport, "name" | "fingerprint" | "registered">;

/**
 * Makes what figures of operations are labelled by. Whoever registers a document has chosen its name; any caller could choose others, so those
 * are told apart by the hashes of their documents, and cannot take the places of registered ones.
 */
export function operationLabels(): (report: Labelled) => string {
  const registered = new Set<string>();
  const others = new Set<string>();
  return ({ name, fingerprint, registered: isRegistered }) => {
    if (fingerprint === undefined) return "unreadable";
    const known = isRegistered && name !== undefined ? registered : others;
    const label = known === registered ? name! : `sha256:${fingerprint.slice(0, digits)}`;
    if (known.size < mostLabels) known.add(label);
    return known.has(label) ? label : "other";
  };
}
