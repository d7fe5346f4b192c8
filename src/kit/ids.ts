import { v7, validate } from "uuid";

/** A new id: UUID version 7, so that ids sort by the time they were made and are unique across all types. */
export function newId(): string {
  return v7();
}

/** Whether `text` is a UUID in its canonical text form (any version, either case). */
export function isId(text: string): boolean {
  return validate(text);
}
