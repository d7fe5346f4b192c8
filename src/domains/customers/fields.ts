import { z } from "zod";
import { parseCountry } from "../../kit/country.ts";
import { customFieldsInput, metadataInput } from "../../kit/metadata.ts";
import { isTimeZone } from "../../kit/time-zone.ts";
import { clearable, readable, text } from "../../kit/validate.ts";

const country = z.string("must be a text").transform((value, context) => {
  const code = parseCountry(value);
  if (code) return code;
  context.addIssue({ code: "custom", message: "must be an ISO 3166-1 alpha-2 country code, such as US" });
  return z.NEVER;
});

const address = z.strictObject({
  line1: clearable(text(255)),
  line2: clearable(text(255)),
  city: clearable(text(100)),
  state: clearable(text(100)),
  region: clearable(text(100)),
  postalCode: clearable(text(20)),
  country: clearable(country),
});

const filled = z.preprocess((value) => value ?? "", text(254));

const email = filled
  .transform((value) => value.trim())
  .pipe(z.email("must be an e-mail address, such as john@example.com"));

/** In the form that the database gives it back in. */
const uuid = z.uuid("must be a UUID").transform((value) => value.toLowerCase());

/**
 * What a caller may say of a customer. A field that is left out is left alone; null, or an empty text, clears it, save for
 * the e-mail address, which every customer has.
 */
export const customerFields = {
  email: email.optional(),
  name: clearable(text(255)),
  phone: clearable(text(40)),
  companyName: clearable(text(255)),
  address: address.nullish(),
  taxId: clearable(text(100)),
  taxIdCountry: clearable(country),
  notes: clearable(text(5_000)),
  timezone: clearable(
    text(64).refine(isTimeZone, "must be a time zone of the IANA database, such as Europe/Berlin"),
  ),
  merchantRefId: clearable(text(255)),
  authUserId: clearable(uuid),
  metadata: metadataInput.nullish(),
  customFields: customFieldsInput.nullish(),
};

/** An external id: opaque and case-sensitive, unique within its source. */
export const externalReference = z.strictObject({ source: text(64), id: text(255) });

export type ExternalReference = z.infer<typeof externalReference>;

/** When another system last changed its record. */
export const instant = readable(z.string("must be a date and time"));

const schema = z.object(customerFields);

/** The fields of a customer as a caller sent them, checked. */
export type CustomerFields = z.infer<typeof schema>;
