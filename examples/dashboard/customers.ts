import { parseArgs } from "node:util";
import { createClient } from "./client.ts";
import { CustomerListDocument } from "./generated/graphql.ts";

// Prints the newest customers: BILLGRAPH_KEY=… node examples/dashboard/customers.ts [--search text]
const { values } = parseArgs({ options: { search: { type: "string" } } });
const { BILLGRAPH_URL: url = "http://127.0.0.1:4000/graphql", BILLGRAPH_KEY: key } = process.env;
if (!key) {
  console.error("Put an API key into BILLGRAPH_KEY. `npm start` prints one.");
  process.exit(1);
}

const query = createClient(url, key);
const { customers } = await query(CustomerListDocument, {
  first: 20,
  ...(values.search && { filter: { search: values.search } }),
});

console.table(
  customers?.nodes.map((customer) => ({
    name: customer.name ?? customer.companyName,
    email: customer.email,
    status: customer.status,
    subscriptions: customer.liveSubscriptions?.totalCount,
    outstanding: customer.outstandingInvoices?.totalCount,
    since: customer.createdAt.slice(0, 10),
  })),
);
console.log(`${customers?.nodes.length} of ${customers?.totalCount} customers`);
