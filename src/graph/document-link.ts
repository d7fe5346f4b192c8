import { builder } from "./builder.ts";
import type { DocumentLink } from "./context.ts";

export const DocumentLinkType = builder.objectRef<DocumentLink>("DocumentLink").implement({
  description: "Where a document can be opened by whoever has the link, without a key.",
  fields: (t) => ({
    url: t.string({
      description: "The link. It starts with its path where the server was not told how it is reached.",
      resolve: ({ url }) => url,
    }),
    expiresAt: t.field({
      type: "DateTime",
      description:
        "From when on it opens nothing any more: a day after it was asked for, at the next full hour.",
      resolve: ({ expiresAt }) => expiresAt,
    }),
  }),
});
