import jsep from "jsep";
import { LRUCache } from "lru-cache";
import { Decimal } from "../../../kit/decimal.ts";
import { NoResult } from "./no-result.ts";
import { readNumber, withinRange } from "./range.ts";

/** Gives the number that a name stands for; null where it stands for none. */
export type Names = (name: string) => Decimal | null;

/** Arithmetic that was read, to be computed with the names of an event. Throws `NoResult`. */
export type Expression = (names: Names) => Decimal;

/** The most characters and parts of an expression. */
export const mostCharacters = 500;
const mostParts = 100;

const operators: Readonly<Record<string, (left: Decimal, right: Decimal) => Decimal>> = {
  "+": (left, right) => left.plus(right),
  "-": (left, right) => left.minus(right),
  "*": (left, right) => left.times(right),
  "/": (left, right) => left.div(nonZero(right)),
  "%": (left, right) => left.mod(nonZero(right)),
};

const functions: Readonly<Record<string, (values: readonly Decimal[]) => Decimal>> = {
  min: (values) => Decimal.min(...values),
  max: (values) => Decimal.max(...values),
  abs: ([value]) => value!.abs(),
  ceil: ([value]) => value!.ceil(),
  floor: ([value]) => value!.floor(),
  round: ([value]) => value!.toDecimalPlaces(0),
};

const kept = new LRUCache<string, Expression>({ max: 1_000 });

/**
 * Reads arithmetic: numbers, names of properties, `properties["any name"]`, `quantity`, `+ - * / %`, parentheses and the
 * functions min, max, abs, ceil, floor and round. It is read by a parser and computed part by part with exact decimals:
 * nothing else can be said, nothing is run. Throws a RangeError that tells what is wrong.
 */
export function readExpression(text: string): Expression {
  let expression = kept.get(text);
  if (!expression) {
    expression = compile(parse(text), { left: mostParts });
    kept.set(text, expression);
  }
  return expression;
}

function parse(text: string): jsep.Expression {
  try {
    return jsep(text);
  } catch (error) {
    throw new RangeError(`cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function compile(node: jsep.Expression, parts: { left: number }): Expression {
  if (--parts.left < 0) throw new RangeError(`must have at most ${mostParts} parts`);
  const { type } = node;
  if (type === "Literal") return compileNumber(node as jsep.Literal);
  if (type === "Identifier") return compileName((node as jsep.Identifier).name);
  if (type === "MemberExpression") return compileProperty(node as jsep.MemberExpression);
  if (type === "UnaryExpression") {
    const { operator, argument } = node as jsep.UnaryExpression;
    const value = compile(argument, parts);
    if (operator === "-") return (names) => value(names).negated();
    if (operator === "+") return value;
    throw new RangeError(`must not have the operator ${operator}`);
  }
  if (type === "BinaryExpression") {
    const { operator, left, right } = node as jsep.BinaryExpression;
    if (!Object.hasOwn(operators, operator)) throw new RangeError(`must not have the operator ${operator}`);
    const apply = operators[operator]!;
    const [one, other] = [compile(left, parts), compile(right, parts)];
    return (names) => withinRange(apply(one(names), other(names)));
  }
  if (type === "CallExpression") return compileCall(node as jsep.CallExpression, parts);
  throw new RangeError("must be arithmetic with numbers and the names of properties");
}

function compileNumber({ raw, value }: jsep.Literal): Expression {
  if (typeof value !== "number") throw new RangeError("must have no texts and no other values but numbers");
  const number = literal(raw);
  return () => number;
}

function literal(text: string): Decimal {
  try {
    return readNumber(text);
  } catch (error) {
    if (error instanceof NoResult) throw new RangeError(`must have no number such as ${text.slice(0, 20)}`);
    throw error;
  }
}

function compileName(name: string): Expression {
  return (names) => {
    const value = names(name);
    if (value) return value;
    throw new NoResult("NO_VALUE", `The event has no number as its property ${name.slice(0, 60)}.`);
  };
}

function compileProperty({ object, property, computed }: jsep.MemberExpression): Expression {
  const { value } = property as jsep.Literal;
  const ofProperties = object.type === "Identifier" && (object as jsep.Identifier).name === "properties";
  if (!ofProperties || !computed || property.type !== "Literal" || typeof value !== "string") {
    throw new RangeError('must name properties as they are called, or as properties["their name"]');
  }
  // A property called quantity is not what was sent as the quantity.
  return compileName(value === "quantity" ? "properties.quantity" : value);
}

function compileCall({ callee, arguments: args }: jsep.CallExpression, parts: { left: number }): Expression {
  const name = callee.type === "Identifier" ? (callee as jsep.Identifier).name : "";
  if (!Object.hasOwn(functions, name)) {
    throw new RangeError(`must have no functions but ${Object.keys(functions).join(", ")}`);
  }
  const most = name === "min" || name === "max" ? mostParts : 1;
  if (!args.length || args.length > most) throw new RangeError(`must give ${name} what it computes with`);
  const apply = functions[name]!;
  const values = args.map((argument) => compile(argument, parts));
  return (names) => apply(values.map((value) => value(names)));
}

function nonZero(value: Decimal): Decimal {
  if (value.isZero()) throw new NoResult("DIVISION_BY_ZERO", "The meter's expression divides by zero.");
  return value;
}
