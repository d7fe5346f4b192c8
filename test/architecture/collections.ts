import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "@swc/core";

/** A `Map` or `Set` that lives longer than the call that fills it, as `file name`. */
export type Collection = string;

type Node = { readonly type: string; readonly [key: string]: unknown };

/** The methods that call what they are given before they come back. */
const atOnce: ReadonlySet<string> = new Set([
  "map",
  "flatMap",
  "filter",
  "find",
  "findIndex",
  "forEach",
  "some",
  "every",
  "reduce",
  "toSorted",
  "groupBy",
  "from",
]);

/**
 * The collections of the source that start empty and grow, other than by what a call itself brings: those of modules and classes, and those
 * that a function leaves to functions which it makes.
 */
export function longLived(repository: string): Collection[] {
  const files = globSync("src/**/*.ts", { cwd: repository }).filter((file) => !file.includes("generated"));
  return files
    .flatMap((file) =>
      longLivedIn(readFileSync(join(repository, file), "utf8")).map((name) => `${file} ${name}`),
    )
    .toSorted();
}

/** The names of such collections in one file. */
export function longLivedIn(text: string): string[] {
  const module = parseSync(text, { syntax: "typescript", target: "esnext" }) as unknown as Node;
  const found = new Set<string>();
  const scopes: { readonly names: Map<string, boolean>; readonly atOnce: boolean }[] = [
    { names: new Map(), atOnce: false },
  ];

  const declare = (name: string, init: unknown): void => {
    const made = collectionIn(init);
    if (!made) return;
    // A weak map holds as much as its values do.
    if (made === "nested") found.add(name);
    scopes.at(-1)!.names.set(name, true);
  };

  /** A collection that a function uses which outlives the one that made it, for all that can be seen. */
  const use = (name: string): void => {
    let crossed = false;
    for (const scope of scopes.toReversed()) {
      if (scope.names.has(name)) {
        if (crossed) found.add(name);
        return;
      }
      if (!scope.atOnce) crossed = true;
    }
  };

  const visit = (node: unknown, called?: string): void => {
    if (Array.isArray(node)) {
      for (const one of node) visit(one, called);
      return;
    }
    if (typeof node !== "object" || node === null) return;
    const { type } = node as Node;
    if (type === "Identifier") use((node as { value?: string }).value ?? "");
    if (type === "VariableDeclarator") {
      const { id, init } = node as unknown as { id: { value?: string }; init: unknown };
      if (id.value) declare(id.value, init);
    }
    if (type === "ClassProperty" || type === "PrivateProperty") {
      const { key, value } = node as unknown as {
        key: { value?: string; id?: { value: string } };
        value: unknown;
      };
      if (collectionIn(value)) found.add(`#${key.value ?? key.id?.value}`);
    }
    if (type === "CallExpression") {
      const { callee, arguments: args } = node as unknown as { callee: Node; arguments: unknown };
      const method = (callee["property"] as { value?: string } | undefined)?.value;
      visit(callee);
      visit(args, method);
      return;
    }
    const makesScope =
      /^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|ClassMethod|PrivateMethod|MethodProperty|Constructor)$/;
    const isFunction = makesScope.test(type);
    if (isFunction) scopes.push({ names: new Map(), atOnce: atOnce.has(called ?? "") });
    for (const [key, part] of Object.entries(node)) {
      if (key !== "span") visit(part, type === "Argument" || key === "expression" ? called : undefined);
    }
    if (isFunction) scopes.pop();
  };
  visit(module["body"]);
  return [...found];
}

/** Whether an expression makes an empty collection, or a weak one that holds others. */
function collectionIn(node: unknown): "plain" | "nested" | null {
  const {
    type,
    callee,
    arguments: args,
    typeArguments,
  } = (node ?? {}) as {
    type?: string;
    callee?: { value?: string };
    arguments?: readonly unknown[];
    typeArguments?: { params?: readonly { typeName?: { value?: string } }[] };
  };
  if (type !== "NewExpression") return null;
  const name = callee?.value ?? "";
  if (name === "WeakMap") {
    const held = typeArguments?.params?.at(-1)?.typeName?.value ?? "";
    return /^(?:Map|Set)$/.test(held) ? "nested" : null;
  }
  if (name !== "Map" && name !== "Set") return null;
  return args?.length ? null : "plain";
}
