/** What one request may ask for, whatever its key. */
export const limits = {
  /** Bytes of the body. */
  bodyBytes: 2_000_000,
  /** Bytes of the document. */
  documentBytes: 65_536,
  /** Characters of a name in the document. */
  nameCharacters: 100,
  /** Bytes of the answer, unless the server is set up for others. */
  answerBytes: 16_000_000,
  /** Lexical tokens of the document. */
  tokens: 2_000,
  /** Levels of fields within each other; those of introspection too. */
  depth: 15,
  aliases: 50,
  directives: 50,
  rootFields: 25,
  /** Objects that the answer can have at most. */
  cost: 100_000,
  /** Levels of objects and lists within each other in the variables. */
  variableDepth: 12,
  /** Bytes of an answer that is kept for an idempotency key. */
  storedBytes: 256_000,
  /** Validation errors that are told at once. */
  errors: 4,
} as const;
