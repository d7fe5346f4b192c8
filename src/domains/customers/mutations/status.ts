import { writerOf } from "../../../graph/context.ts";
import { mutation } from "../../../graph/mutations.ts";
import { type StatusResult, archiveCustomer, restoreCustomer } from "../archive.ts";
import { CustomerStatusInput } from "../inputs.ts";
import { Customer } from "../schema/customer.ts";

const statusPayload = {
  archiveCustomer: {
    run: archiveCustomer,
    description:
      "Archives a customer: it can be read, but no longer billed or changed, and its e-mail address and external ids are free for others. Refused while it has a subscription that has not ended. Doing it twice is the same as once.",
  },
  restoreCustomer: {
    run: restoreCustomer,
    description:
      "Makes an archived customer active again, with its external ids, but for those that others have by now. Refused while another active customer has its e-mail address.",
  },
};

for (const [name, { run, description }] of Object.entries(statusPayload)) {
  const inputName = `${name.replace(/^./, (letter) => letter.toUpperCase())}Input`;
  mutation<{ customer: unknown }, StatusResult>(name, {
    description,
    scope: "customers:write",
    input: CustomerStatusInput(inputName, "Which customer.") as never,
    payload: (t) => ({
      customer: t.field({
        type: Customer,
        nullable: true,
        description: "The customer after the call; null when it was refused.",
        resolve: ({ customer }) => customer,
      }),
      warnings: t.stringList({
        description: "External ids that could not be given back.",
        resolve: ({ warnings }) => warnings ?? [],
      }),
    }),
    run: (input, context) => run(context.database, writerOf(context), input),
  });
}
