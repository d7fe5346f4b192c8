import SchemaBuilder from "@pothos/core";
import PrismaPlugin from "@pothos/plugin-prisma";
import RelayPlugin from "@pothos/plugin-relay";
import type PrismaTypes from "../../src/db/generated/pothos-types.ts";
import { getDatamodel } from "../../src/db/generated/pothos-types.ts";
import type { Prisma } from "../../src/db/generated/prisma/client.ts";
import { prisma } from "./prisma.ts";
import type { usageLoader } from "./usage-loader.ts";

/** What resolvers share within a request. */
export interface Context {
  readonly usage: ReturnType<typeof usageLoader>;
}

export const builder = new SchemaBuilder<{
  PrismaTypes: PrismaTypes;
  Context: Context;
  DefaultFieldNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: string; Output: Date };
    Decimal: { Input: string; Output: Prisma.Decimal | string };
    SafeInt: { Input: number; Output: number };
  };
}>({
  plugins: [PrismaPlugin, RelayPlugin],
  defaultFieldNullability: false,
  prisma: { client: prisma, dmmf: getDatamodel() },
  relay: { nodesOnConnection: true },
});

for (const name of ["DateTime", "Decimal", "SafeInt"] as const) {
  builder.scalarType(name, { serialize: (value) => value as never });
}
