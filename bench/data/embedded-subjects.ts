import { ask } from "../load/ask.ts";
import type { Target } from "../load/wire.ts";
import type { ExternalCustomer, Subjects } from "../workloads/workload.ts";

interface Page {
  readonly customers: {
    readonly nodes: readonly {
      readonly id: string;
      readonly email: string;
      readonly name: string | null;
      readonly status: string;
      readonly externalIds: { readonly nodes: readonly { readonly externalId: string }[] };
    }[];
  };
}

const query = `query Subjects {
  customers(first: 100) {
    nodes {
      id email name status
      externalIds(first: 1, filter: { source: "practicehub", live: true }) { nodes { externalId } }
    }
  }
}`;

/** Chooses what requests are about by asking the server: nobody else gets at an embedded database. */
export async function findThroughApi(target: Target): Promise<Subjects> {
  const { customers } = await ask<Page>(target, { operationName: "Subjects", query, variables: {} });
  const known = customers.nodes.flatMap(({ externalIds, status, ...customer }): ExternalCustomer[] => {
    const [link] = externalIds.nodes;
    return link && status === "ACTIVE" ? [{ ...customer, externalId: link.externalId }] : [];
  });
  return {
    environmentId: "",
    customerIds: customers.nodes.map(({ id }) => id),
    subscriberIds: [],
    meterId: "",
    eventName: "",
    from: "",
    to: "",
    batches: [known],
  };
}
