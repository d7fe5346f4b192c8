import { readdirSync, readFileSync } from "node:fs";

import { getOperationAST, parse } from "graphql";

export interface Example {
  /** The operation's name. */
  readonly name: string;
  readonly document: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/**
 * The documents of `examples/*.graphql`, in the order of their file names, with the variables of the `.json`
 * file of the same name where there is one. Throws if a document does not parse or is not one named operation.
 */
export function readExamples(folder: URL = new URL("examples/", import.meta.url)): readonly Example[] {
  const files = readdirSync(folder).toSorted();
  return files
    .filter((file) => file.endsWith(".graphql"))
    .map((file) => {
      const document = readFileSync(new URL(file, folder), "utf8");
      const name = getOperationAST(parse(document))?.name?.value;
      if (!name) throw new Error(`${file} must hold one named operation`);
      const variablesFile = file.replace(/\.graphql$/, ".json");
      if (!files.includes(variablesFile)) return { name, document };
      return { name, document, variables: JSON.parse(readFileSync(new URL(variablesFile, folder), "utf8")) };
    });
}
