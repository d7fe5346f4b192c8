import { fileURLToPath } from "node:url";
import pdfmake from "pdfmake";
import type { Column, Content, TDocumentDefinitions, TableCell } from "pdfmake/interfaces.js";
import type { Entry, InvoiceView } from "./view.ts";

/** The fonts come with the package; their folder is all that a document may read. */
const font = (name: string): string =>
  fileURLToPath(import.meta.resolve(`pdfmake/fonts/Roboto/Roboto-${name}.ttf`));
const files = { normal: font("Regular"), bold: font("Medium") };

pdfmake.setFonts({ Roboto: files });
pdfmake.setUrlAccessPolicy(() => false);
pdfmake.setLocalAccessPolicy((path) => Object.values(files).includes(path));

/** An invoice as a PDF: the heads of the lines are repeated on every page, and no line is broken over two. */
export function renderPdf(view: InvoiceView): Promise<Buffer> {
  return pdfmake.createPdf(layOut(view)).getBuffer();
}

const grey = "#666666";

function layOut(view: InvoiceView): TDocumentDefinitions {
  return {
    info: { title: view.title },
    pageSize: "A4",
    pageMargins: [50, 50, 50, 60],
    defaultStyle: { font: "Roboto", fontSize: 9.5, lineHeight: 1.25 },
    styles: {
      title: { fontSize: 20, bold: true },
      stamp: { fontSize: 14, bold: true, color: grey, alignment: "right" },
      label: { color: grey },
      head: { color: grey, fontSize: 8.5 },
    },
    content: [
      {
        columns: [
          { text: view.title, style: "title", width: "*" },
          { text: view.stamp?.toUpperCase() ?? "", style: "stamp", width: 120 },
        ],
        margin: [0, 0, 0, 24],
      },
      {
        columns: [party("From", view.seller), party("To", view.customer), facts(view.facts)],
        columnGap: 20,
        margin: [0, 0, 0, 28],
      },
      lineTable(view),
      sumTable(view),
      ...(view.notes === null ? [] : [{ text: view.notes, margin: [0, 28, 0, 0] } satisfies Content]),
    ],
    footer: (page, pages) => ({
      text: `${view.title}  ·  ${page} of ${pages}`,
      style: "head",
      alignment: "center",
      margin: [0, 20, 0, 0],
    }),
  };
}

function party(heading: string, lines: readonly string[]): Column {
  return { width: 155, stack: [{ text: heading, style: "label" }, ...lines] };
}

function facts(entries: readonly Entry[]): Column {
  const body = entries.map(({ label, text }): TableCell[] => [
    { text: label, style: "label" },
    { text, alignment: "right" },
  ]);
  return { width: 145, layout: "noBorders", table: { widths: ["auto", "*"], body } };
}

function lineTable({ lines }: InvoiceView): Content {
  const right = (text: string): TableCell => ({ text, alignment: "right", noWrap: true });
  const head = ["Description", "Quantity", "Unit price", "Amount"].map((text, index): TableCell => ({
    text,
    style: "head",
    alignment: index ? "right" : "left",
  }));
  const rows = lines.map(({ description, period, quantity, unitPrice, amount }): TableCell[] => [
    period === null ? description : { stack: [description, { text: period, style: "head" }] },
    right(quantity),
    right(unitPrice),
    right(amount),
  ]);
  return {
    layout: "lightHorizontalLines",
    table: {
      headerRows: 1,
      dontBreakRows: true,
      widths: ["*", "auto", "auto", "auto"],
      body: [head, ...rows],
    },
  };
}

function sumTable({ sums }: InvoiceView): Content {
  const body = sums.map(({ label, text, strong }): TableCell[] => [
    { text: label, bold: strong, ...(!strong && { style: "label" }) },
    { text, bold: strong, alignment: "right" },
  ]);
  return {
    columns: [
      { text: "", width: "*" },
      { layout: "noBorders", table: { widths: ["*", "auto"], body }, width: 230 },
    ],
    unbreakable: true,
    margin: [0, 14, 0, 0],
  };
}
