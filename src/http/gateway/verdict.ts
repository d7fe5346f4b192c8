/** What was found of a signature: `late` when it is too old, or not yet in force. */
export type Verdict = "valid" | "missing" | "wrong" | "late";
