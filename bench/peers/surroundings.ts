/** Where the data are, and whose: every peer serves one tenant, and asks for no key. */
export const databaseUrl = process.env["DATABASE_URL"] ?? "";
export const environmentId = process.env["ENVIRONMENT_ID"] ?? "";

/** Tells the benchmark that a peer is ready. */
export function tell(port: number): void {
  console.log(`http://127.0.0.1:${port}/graphql`);
}
