import type { Executor } from "../db/executor.ts";
import { Prisma } from "../db/generated/prisma/client.ts";
import { type Facts, type Range, johnDoe, placeTable } from "./scenario.ts";

const trades = "Fitness,Strength,Yoga,Physiotherapy,Pilates,Athletics,Wellness,Chiropractic,Rowing,Climbing";
const houses =
  "Harbor,Summit,Northside,Riverside,Blue Door,Cornerstone,Pulse,Elevate,Balance,Anchor,Granite,Lakeview";
const managers = "Priya Raman,Tom Becker,Ines Alvarez,Marcus Hill";
const remarks =
  "Prefers e-mail.,Pays by bank transfer.,Asked for invoices in two copies.,Met at the spring fair.";

/** Letters of the names that e-mail addresses here do without; those that have no counterpart are dropped. */
const accented = "ÁáÄäÉéèëÍíïÑñÓóÔôÖöÜüúçß '";
const plain = "AaAaEeeeIiiNnOoOoOoUuucs";

/** Inserts the customers of a range. The first one is John Doe, whom examples speak of. */
export async function insertCustomers(
  executor: Executor,
  facts: Facts,
  { first, last }: Range,
): Promise<void> {
  const { environmentId, id, roll, digits, asOf } = facts;
  const pick = (list: string, what: string) => {
    const array = `string_to_array('${list}', ',')`;
    return Prisma.sql`(${Prisma.raw(array)})[1 + ${roll(what, "n", `cardinality(${array})`)}]`;
  };
  const element = (array: string, what: string) =>
    Prisma.sql`${Prisma.raw(array)}[1 + ${roll(what, "n", `cardinality(${array})`)}]`;
  /** Puts digits in the place of each #. */
  const fill = (mask: string, what: string) =>
    Prisma.sql`overlay(${Prisma.raw(mask)} PLACING right(${digits(what, "n")}, length(${Prisma.raw(mask)}) - length(replace(${Prisma.raw(mask)}, '#', '')))
      FROM strpos(${Prisma.raw(mask)}, '#'))`;
  const isJohn = Prisma.sql`n = ${johnDoe}`;
  const taxed = Prisma.sql`(company_name IS NOT NULL AND ${roll("tax id", "n", 10)} > 1)`;

  await executor.query(Prisma.sql`
    WITH ${placeTable}
    INSERT INTO customers (
      environment_id, id, version, status, email, name, phone, company_name, address_line1, address_line2, city, state,
      region, postal_code, country, tax_id, tax_id_country, notes, timezone, merchant_ref_id, auth_user_id, metadata,
      custom_fields, created_at, updated_at, created_by, updated_by, archived_at)
    SELECT
      ${environmentId}, ${id("customer", "n")}, version, (CASE WHEN archived THEN 'ARCHIVED' ELSE 'ACTIVE' END)::customer_status,
      CASE WHEN ${isJohn} THEN 'john@example.com'
           ELSE lower(translate(given || '.' || family, '${Prisma.raw(accented.replace("'", "''"))}', '${Prisma.raw(plain)}')) || '.' || n
                || '@example.' || ${pick("com,org,net", "domain")} END,
      CASE WHEN ${isJohn} THEN 'John Doe' ELSE given || ' ' || family END,
      CASE WHEN ${isJohn} THEN '+1-555-123-4567' ELSE ${fill("phone", "phone")} END,
      company_name,
      CASE WHEN number_first THEN house || ' ' || street ELSE street || ' ' || house END,
      CASE WHEN ${roll("floor", "n", 6)} = 0 THEN 'Floor ' || 1 + ${roll("which floor", "n", 9)} END,
      city, state, region, ${element("postal_codes", "postal code")}, country,
      CASE WHEN ${taxed} THEN ${fill("tax_id", "tax id")} END, CASE WHEN ${taxed} THEN country END,
      CASE WHEN ${roll("notes", "n", 8)} = 0 THEN ${pick(remarks, "remark")} END,
      timezone,
      CASE WHEN ${roll("reference", "n", 3)} = 0 THEN 'MR-' || 10000 + n END,
      CASE WHEN ${roll("portal", "n", 5)} = 0 THEN ${id("auth user", "n")} END,
      jsonb_build_object(
        'plan_tier', CASE WHEN ${facts.hasFirst} THEN ('{essentials,growth,scale}'::text[])[1 + ${facts.plan("2 * n - 1")}] ELSE 'none' END,
        'region', CASE WHEN country IN ('US', 'CA') THEN 'americas' WHEN country IN ('AU', 'JP') THEN 'apac' ELSE 'emea' END),
      CASE ${roll("custom fields", "n", 3)}
        WHEN 0 THEN jsonb_build_object('account_manager', ${pick(managers, "manager")}, 'contract_signed', ${roll("signed", "n", 4)} > 0)
        WHEN 1 THEN jsonb_build_object('locations', 1 + ${roll("locations", "n", 12)})
        ELSE '{}' END,
      joined, updated, 'seed', 'seed', CASE WHEN archived THEN updated END
    FROM generate_series(${first}::bigint, ${last}::bigint) AS n
    JOIN place ON place.number = ${facts.place}
    CROSS JOIN LATERAL (SELECT
      ${facts.archived} AS archived, ${facts.joined} AS joined,
      CASE WHEN ${facts.archived} THEN 2 ELSE 1 END + ${roll("version", "n", 4)} AS version,
      ${element("first_names", "first name")} AS given, ${element("last_names", "last name")} AS family,
      ${element("streets", "street")} AS street, 1 + ${roll("house", "n", 240)} AS house,
      CASE WHEN ${roll("company", "n", 4)} > 0 OR ${facts.metered}
           THEN ${pick(houses, "company name")} || ' ' || ${pick(trades, "trade")} || ' ' || company_form END AS company_name
    ) AS person
    CROSS JOIN LATERAL (SELECT CASE WHEN version = 1 THEN joined
      ELSE joined + (${asOf} - joined) * (${roll("updated", "n", 1000)} / 1000.0) END AS updated) AS change`);
}
