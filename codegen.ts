import type { CodegenConfig } from "@graphql-codegen/cli";

/** Types of the example's documents, from the committed schema: `npm run codegen`. */
const config: CodegenConfig = {
  schema: "schema.graphql",
  documents: "examples/dashboard/**/*.graphql",
  generates: {
    "examples/dashboard/generated/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        importExtension: ".ts",
        enumType: "string-literal",
        strictScalars: true,
        scalars: {
          ID: "string",
          DateTime: "string",
          SafeInt: "number",
          Decimal: "string",
          Currency: "string",
          JSONObject: "Record<string, unknown>",
        },
      },
    },
  },
};

export default config;
