import type { Entry, InvoiceView } from "./view.ts";

/** An invoice as a page that is read and printed: no scripts, and nothing from elsewhere. */
export function renderHtml(view: InvoiceView): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(view.title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<header>
<h1>${escapeHtml(view.title)}</h1>
${view.stamp === null ? "" : `<p class="stamp">${escapeHtml(view.stamp)}</p>`}
</header>
<section class="parties">
${party("From", view.seller)}
${party("To", view.customer)}
<dl>${view.facts.map((fact) => entry(fact)).join("")}</dl>
</section>
<table>
<thead><tr><th>Description</th><th>Quantity</th><th>Unit price</th><th>Amount</th></tr></thead>
<tbody>
${view.lines.map(row).join("\n")}
</tbody>
</table>
<dl class="sums">${view.sums.map(({ strong, ...sum }) => entry(sum, strong)).join("")}</dl>
${view.notes === null ? "" : `<p class="notes">${escapeHtml(view.notes)}</p>`}
</main>
</body>
</html>
`;
}

const style = `
:root { color: #1a1a1a; background: #f2f2f2; font: 15px/1.5 system-ui, sans-serif; }
main { box-sizing: border-box; max-width: 50rem; margin: 2rem auto; padding: 3rem; background: #fff; }
header { display: flex; justify-content: space-between; align-items: baseline; }
h1 { margin: 0 0 2rem; font-size: 1.7rem; }
h2 { margin: 0; font-size: .8rem; color: #666; font-weight: 600; }
.stamp { margin: 0; padding: .1rem .8rem; border: 2px solid; color: #555; font-weight: 600; }
.parties { display: grid; grid-template-columns: repeat(3, 1fr); gap: 2rem; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 0 1rem; margin: 0; align-content: start; }
dt { color: #666; }
dd { margin: 0; text-align: right; }
table { width: 100%; margin: 2.5rem 0 1.5rem; border-collapse: collapse; }
th { text-align: left; font-size: .8rem; color: #666; }
th, td { padding: .5rem 0 .5rem 1rem; border-bottom: 1px solid #ddd; vertical-align: top; }
th:first-child, td:first-child { padding-left: 0; overflow-wrap: anywhere; }
th:not(:first-child), td:not(:first-child) { text-align: right; white-space: nowrap; }
small { display: block; color: #666; }
.sums { max-width: 22rem; margin-left: auto; }
.sums .strong { padding-top: .4rem; color: inherit; font-weight: 700; }
.notes { margin-top: 2.5rem; white-space: pre-wrap; overflow-wrap: anywhere; }
@media print {
  @page { margin: 18mm; }
  :root { background: none; font-size: 11px; }
  main { max-width: none; margin: 0; padding: 0; }
  thead { display: table-header-group; }
  tr, .sums, .notes { break-inside: avoid; }
}
@media (max-width: 40rem) { main { padding: 1.2rem; } .parties { grid-template-columns: 1fr; } }
`;

function party(heading: string, lines: readonly string[]): string {
  return `<address><h2>${heading}</h2>${lines.map(escapeHtml).join("<br>")}</address>`;
}

function entry({ label, text }: Entry, strong = false): string {
  const mark = strong ? ' class="strong"' : "";
  return `<dt${mark}>${escapeHtml(label)}</dt><dd${mark}>${escapeHtml(text)}</dd>`;
}

function row({ description, period, quantity, unitPrice, amount }: InvoiceView["lines"][number]): string {
  const small = period === null ? "" : `<small>${escapeHtml(period)}</small>`;
  const cells = [quantity, unitPrice, amount].map((text) => `<td>${escapeHtml(text)}</td>`).join("");
  return `<tr><td>${escapeHtml(description)}${small}</td>${cells}</tr>`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it stands in HTML. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? "");
}
