import type { PayloadFields } from "./mutations.ts";

type Changing = { readonly changed?: boolean };

/** The field of a payload that says whether anything is different now. */
export function changedField(t: Parameters<PayloadFields<Changing>>[0]) {
  return t.boolean({
    description: "Whether anything is different now. If not, nothing was written and no event told.",
    resolve: ({ changed }) => changed ?? false,
  });
}

/** The payload of a mutation that answers with one object, in the field `name`. */
export function objectPayload<Result extends object>(
  name: string & keyof Result,
  type: unknown,
  description: string,
): PayloadFields<Result> {
  return (t) => ({
    [name]: t.field({
      type: type as never,
      nullable: true,
      description,
      resolve: ((payload: Result) => payload[name]) as never,
    }),
  });
}

/** The same of a mutation that may find the object to be so already. */
export function changePayload<Result extends Changing>(
  name: string & keyof Result,
  type: unknown,
  description: string,
): PayloadFields<Result> {
  return (t) => ({ ...objectPayload<Result>(name, type, description)(t), changed: changedField(t as never) });
}
