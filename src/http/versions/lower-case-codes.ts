import type { VersionChange } from "./version-change.ts";
import { withExtensions } from "../errors.ts";

/** Until 2026-05-01 the codes of errors were written in lower case (`unauthenticated`), as in REST. */
export const lowerCaseCodes: VersionChange = {
  before: "2026-05-01",
  adaptResult: ({ errors, ...result }) => ({
    ...result,
    ...(errors && {
      errors: errors.map((error) =>
        withExtensions(error, {
          ...error.extensions,
          code: String(error.extensions["code"]).toLowerCase(),
        }),
      ),
    }),
  }),
};
