import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const file = join(import.meta.dirname, "../RESULTS.md");

const head = `# What the benchmark measured

Written by \`npm run bench\`, each part by its own run; [docs/performance.md](../docs/performance.md) says how to read it.
`;

/** Puts a part's results into RESULTS.md, in the place of its earlier ones. */
export function writeSection(name: string, title: string, text: string): void {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const day = new Date().toISOString().slice(0, 10);
  const section = `${begin}\n## ${title}\n\n- ${day}\n${text}\n${end}`;
  const before = existsSync(file) ? readFileSync(file, "utf8") : head;
  const [from, to] = [before.indexOf(begin), before.indexOf(end)];
  const after =
    from < 0
      ? `${before}\n${section}\n`
      : `${before.slice(0, from)}${section}${before.slice(to + end.length)}`;
  writeFileSync(file, after);
  console.log(section);
}
