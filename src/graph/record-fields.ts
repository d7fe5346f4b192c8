/** How the fields that most stored objects have are exposed. */
export const recordField = {
  metadata: { type: "JSONObject", description: "The merchant's own keys and values." },
  version: { description: "Grows by one with every change." },
  createdAt: { type: "DateTime", description: "When it was created." },
  updatedAt: { type: "DateTime", description: "When it was last changed." },
} as const;
