import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { openPool } from "../sql/pool.ts";
import { readsOf } from "../sql/reads.ts";
import { writesOf } from "../sql/writes.ts";
import { type Variables, readAnswers, writeAnswers } from "./answers.ts";

/** The limit: what Node.js, the driver and the database give when nothing stands between them but hand-written code. */
const pool = openPool(process.env["DATABASE_URL"] ?? "");
const environmentId = process.env["ENVIRONMENT_ID"] ?? "";
const answers = {
  ...readAnswers(readsOf(pool, environmentId)),
  ...writeAnswers(writesOf(pool, environmentId)),
};

async function answer(body: string): Promise<string> {
  const { operationName, variables } = JSON.parse(body) as { operationName: string; variables: Variables };
  const run = answers[operationName];
  if (!run) throw new Error(`there is no operation ${operationName}`);
  return `{"data":${JSON.stringify(await run(variables))}}`;
}

const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (chunk: string) => {
    body += chunk;
  });
  request.on("end", () => {
    answer(body).then(
      (text) => {
        response.writeHead(200, {
          "content-type": "application/json; charset=utf-8",
          "content-length": Buffer.byteLength(text),
        });
        response.end(text);
      },
      (error: unknown) => {
        console.error(error);
        response.writeHead(500).end();
      },
    );
  });
});

server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`);
});
