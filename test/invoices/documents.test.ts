import { getDocument } from "pdfjs-dist/legacy/build/pdf.mjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reader } from "../../src/db/reader.ts";
import { renderPdf } from "../../src/domains/invoices/document/pdf.ts";
import { readDocument } from "../../src/domains/invoices/document/read.ts";
import { viewInvoice } from "../../src/domains/invoices/document/view.ts";
import { createInvoices } from "../../src/domains/invoices/index.ts";
import { newId } from "../../src/kit/ids.ts";
import { signToken } from "../../src/kit/signed-token.ts";
import { type TestApi, startApi, testLinkSecret } from "../kit/api.ts";
import { insert } from "../reads/fixtures.ts";
import { draft, inTransaction, line, newCustomer } from "./support.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api?.close());

const party = { name: "Zażółć Müller & Søns", companyName: "<script>alert(1)</script>", city: "Łódź" };

async function newInvoice(values: Parameters<typeof draft>[1]): Promise<string> {
  const customerId = await newCustomer(api, party);
  const { result } = await inTransaction(api, (transaction) =>
    createInvoices(transaction, [draft(customerId, values)]),
  );
  return result[0]?.invoice.id ?? "";
}

/** The links of an invoice, asked for by a key. */
async function linksOf(
  id: string,
): Promise<{ pdf: { url: string; expiresAt: string }; html: { url: string } }> {
  const document = "query ($id: ID!) { invoice(id: $id) { pdf { url expiresAt } html { url } } }";
  return (await api.query(document, { id })).data.invoice;
}

/** Opens a link as anybody would: without a key. */
const open = (url: string): Promise<Response> => fetch(api.url + url);

async function textOf(response: Response): Promise<string> {
  const data = new Uint8Array(await response.arrayBuffer());
  const pdf = await getDocument({ data, verbosity: 0 }).promise;
  const texts: string[] = [];
  for (let number = 1; number <= pdf.numPages; number++) {
    const { items } = await (await pdf.getPage(number)).getTextContent();
    texts.push(...items.map((item) => ("str" in item ? item.str : "")).filter((text) => text.trim() !== ""));
  }
  return texts.join("|");
}

describe("an invoice as a PDF", () => {
  it("says what was agreed, in euros, though customer and seller are others by now", async () => {
    const vat = { id: newId(), name: "VAT", percentage: "19", inclusive: false };
    await insert(api, "TaxRate", [vat as never]);
    const id = await newInvoice({
      currency: "EUR",
      finalize: true,
      taxRates: [vat],
      lines: [
        line(123_456n, { description: "Beratung à 5 €" }),
        line(100n, { description: "Requests", quantity: "8000.5", unitAmount: "0.0125" }),
      ],
      values: { notes: "Thank you: £ € ¥" },
    });
    await api.database.prisma.customer.updateMany({
      where: { name: party.name },
      data: { name: "Somebody else" },
    });
    const { pdf } = await linksOf(id);
    const response = await open(pdf.url);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/pdf");
    expect(response.headers.get("content-disposition")).toMatch(/^inline; filename="INV-\d{6}\.pdf"$/);
    expect(response.headers.get("cache-control")).toBe("private, no-store");
    const text = await textOf(response);
    for (const part of [
      "Test merchant",
      "Zażółć Müller & Søns",
      "Łódź",
      "2026-03-01",
      "Beratung à 5 €",
      "€1,234.56",
      "8000.5",
      "0.000125 EUR",
      "VAT 19 %",
      "€234.76",
      "€1,470.32",
      "Thank you: £ € ¥",
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain("Somebody else");
  });

  it("has no minor units where the currency has none, and goes on over pages", async () => {
    const lines = Array.from({ length: 60 }, (_, index) =>
      line(1_500n, { description: `Line ${index + 1}` }),
    );
    const { pdf } = await linksOf(await newInvoice({ currency: "JPY", finalize: true, lines }));
    const text = await textOf(await open(pdf.url));
    expect(text).toContain("¥90,000");
    expect(text).toContain("Line 60");
    expect(text.match(/Unit price/g)?.length).toBeGreaterThan(1);
    expect(text).toContain("2 of ");
    expect(text).not.toContain("1,500.00");
  });

  it("is marked as a draft before it is finalized", async () => {
    const { pdf } = await linksOf(await newInvoice({}));
    const text = await textOf(await open(pdf.url));
    expect(text).toContain("DRAFT");
    expect(text).toContain("$100.00");
  });
});

describe("an invoice as a page", () => {
  it("escapes what people wrote, and runs nothing", async () => {
    const id = await newInvoice({ finalize: true, lines: [line(10_000n, { description: `"><img src=x>` })] });
    const { html } = await linksOf(id);
    const response = await open(html.url);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    const page = await response.text();
    expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(page).toContain("&quot;&gt;&lt;img src=x&gt;");
    expect(page).not.toContain("<script");
    expect(page).not.toContain("<img");
    expect(page).toContain("$100.00");
  });
});

describe("a link", () => {
  const later = new Date(Date.now() + 60_000);

  it("is good for a day, up to the next full hour", async () => {
    const { pdf } = await linksOf(await newInvoice({}));
    const hours = (new Date(pdf.expiresAt).getTime() - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThanOrEqual(25);
  });

  it("opens nothing when it has expired, was changed, or was signed by somebody else", async () => {
    const objectId = await newInvoice({});
    const content = { environmentId: api.environmentId, objectId, expiresAt: later };
    const good = signToken(testLinkSecret, content);
    const statusOf = async (token: string) => (await open(`/invoices/${token}.html`)).status;
    expect(await statusOf(good)).toBe(200);
    expect(await statusOf(signToken(testLinkSecret, { ...content, expiresAt: new Date(0) }))).toBe(410);
    expect(await statusOf(signToken("another secret of sixteen", content))).toBe(404);
    const changes = [0, 20, 45, 93].map((index) => {
      const character = good[index] === "A" ? "B" : "A";
      return good.slice(0, index) + character + good.slice(index + 1);
    });
    expect(await Promise.all(changes.map(statusOf))).toEqual([404, 404, 404, 404]);
    expect((await open(`/invoices/${good}.exe`)).status).toBe(404);
    expect((await open("/invoices/short.pdf")).status).toBe(404);
  });

  it("of one tenant does not open another's invoice", async () => {
    const other = await api.newEnvironment();
    const objectId = await newInvoice({});
    const token = signToken(testLinkSecret, {
      environmentId: other.environmentId,
      objectId,
      expiresAt: later,
    });
    expect((await open(`/invoices/${token}.pdf`)).status).toBe(404);
  });
});

describe("documents by link, of which anybody can ask for many", () => {
  async function withApi(
    options: Parameters<typeof startApi>[0],
    work: (other: TestApi, paths: readonly string[]) => Promise<void>,
  ): Promise<void> {
    const other = await startApi(options);
    try {
      const customer = await newCustomer(other, party);
      const { result } = await inTransaction(other, (transaction) =>
        createInvoices(
          transaction,
          Array.from({ length: 8 }, (_, index) =>
            draft(customer, { lines: [line(BigInt(index + 1) * 100n)] }),
          ),
        ),
      );
      const expiresAt = new Date(Date.now() + 60_000);
      const paths = result.map(({ invoice }) => {
        const content = { environmentId: other.environmentId, objectId: invoice.id, expiresAt };
        return `${other.url}/invoices/${signToken(testLinkSecret, content)}.pdf`;
      });
      await work(other, paths);
    } finally {
      await other.close();
    }
  }

  it("are laid out once as long as they stay the same, and anew when they do not", async () => {
    await withApi({}, async (other, [path = ""]) => {
      const first = await Promise.all(Array.from({ length: 20 }, () => fetch(path)));
      expect(new Set(first.map(({ status }) => status))).toEqual(new Set([200]));
      expect(other.printer.printed).toBe(1);
      expect(await textOf(await fetch(path))).toContain("$1.00");
      expect(other.printer.printed).toBe(1);
      await other.database.prisma.invoice.updateMany({ data: { notes: "As agreed by telephone" } });
      expect(await textOf(await fetch(path))).toContain("As agreed by telephone");
      expect(other.printer.printed).toBe(2);
    });
  });

  it("leave this thread to others while they are laid out", async () => {
    const lines = Array.from({ length: 250 }, (_, index) => line(100n, { description: `Line ${index}` }));
    const id = await newInvoice({ lines });
    const rows = await readDocument(reader(api.database, api.environmentId), api.environmentId, id);
    const view = viewInvoice(rows!);
    const here = [await cpuOf(() => renderPdf(view)), await cpuOf(() => renderPdf(view))];
    const { pdf } = await linksOf(id);
    await open(pdf.url);
    const before = api.printer.printed;
    const there: number[] = [];
    for (const notes of ["one", "other", "third"]) {
      await api.database.prisma.invoice.updateMany({ where: { id }, data: { notes } });
      there.push(await cpuOf(async () => (await open(pdf.url)).arrayBuffer()));
    }
    expect(api.printer.printed).toBe(before + 3);
    expect(Math.min(...there)).toBeLessThan(Math.min(...here) / 2);
  });

  it("are refused with 503 when too many wait, be they of one environment", async () => {
    await withApi({ printing: { waitingOfOne: 2 } }, async (other, paths) => {
      const answers = await Promise.all(paths.map((path) => fetch(path)));
      const statuses = answers.map(({ status }) => status);
      expect(new Set(statuses)).toEqual(new Set([200, 503]));
      const refused = answers.find(({ status }) => status === 503);
      expect(refused?.headers.get("retry-after")).toBe("1");
      expect(other.printer.printed).toBe(statuses.filter((status) => status === 200).length);
      expect((await fetch(paths[7] ?? "")).status).toBe(200);
    });
  });

  it("are refused with 503 when laying them out takes too long, and made when they are asked for again", async () => {
    await withApi({ printing: { deadlineMs: 1 } }, async (_, [path = ""]) => {
      expect((await fetch(path)).status).toBe(503);
    });
  });

  it("are refused with 429 beyond the limits of an address and of an environment", async () => {
    const few = { capacity: 3, perMinute: 1 };
    for (const documentLimits of [{ byAddress: few }, { byEnvironment: few }]) {
      await withApi({ documentLimits }, async (_, [path = ""]) => {
        const statuses: number[] = [];
        for (let asked = 0; asked < 4; asked++) statuses.push((await fetch(path)).status);
        expect(statuses).toEqual([200, 200, 200, 429]);
        expect(Number((await fetch(path)).headers.get("retry-after"))).toBeGreaterThan(30);
      });
    }
  });
});

/** What this thread computed while `work` ran, in milliseconds of its processor. */
async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}
