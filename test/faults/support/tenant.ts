import { createKey } from "../../../src/domains/access/index.ts";
import type { Database } from "../../../src/db/database.ts";
import { newId } from "../../../src/kit/ids.ts";

/** A merchant with a key that may do everything. */
export interface FaultTenant {
  readonly environmentId: string;
  readonly apiKey: string;
}

export async function newFaultTenant({ prisma }: Pick<Database, "prisma">): Promise<FaultTenant> {
  const { id: environmentId } = await prisma.environment.create({
    data: { id: newId(), merchantId: newId(), merchantName: "Faults", livemode: false },
  });
  const { key: apiKey } = await createKey(prisma, { environmentId, name: "faults", scopes: ["*"] });
  return { environmentId, apiKey };
}
