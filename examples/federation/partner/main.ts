import { createPartner } from "./server.ts";

// A partner's service: `LOYALTY_TOKEN=… node partner/main.ts`.
const { env } = process;
const token = env["LOYALTY_TOKEN"];
if (!token) throw new Error("Set LOYALTY_TOKEN: what the gateway is known by.");
const members = new Map([
  ["M-1001", 1_250],
  ["M-1002", 120],
  ["M-1003", 15],
]);
const port = Number(env["PORT"] ?? 4010);
createPartner(members, token).listen(port, () =>
  console.log(`The partner is ready at http://localhost:${port}`),
);
