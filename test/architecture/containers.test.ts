import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { validate } from "dockerfile-utils";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { loadConfig } from "../../src/config.ts";
import { subgraphNames } from "../../src/graph/subgraph-names.ts";

const root = resolve(import.meta.dirname, "../..");
const read = (name: string): string => readFileSync(resolve(root, name), "utf8");

describe("the Dockerfile", () => {
  const text = read("Dockerfile");
  const stages = text.split(/^(?=FROM )/m).slice(1);

  it("has nothing that a linter would say", () => {
    expect(validate(text).map(({ message }) => message)).toEqual([]);
    expect(validate(`${text}\nCMD [`).length).toBeGreaterThan(0);
  });

  it("copies what there is", () => {
    const copied = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources = ""]) =>
      sources.split(" "),
    );
    expect(copied.length).toBeGreaterThan(4);
    expect(copied.filter((source) => !existsSync(resolve(root, source)))).toEqual([]);
  });

  it.each([
    ["the gateway", 1],
    ["the server", 2],
  ])("starts %s as a user without rights, whose health is watched, and who hears of signals", (_, index) => {
    const stage = stages[index] ?? "";
    const [, user] = /^USER (.+)$/m.exec(stage) ?? [];
    expect(user).toBe("node");
    expect(stage).toMatch(/^HEALTHCHECK .*\\\n {2}CMD \["node"/m);
    // A shell, npm and npx keep signals to themselves.
    const [, program] = /^CMD \["([^"]+)"/m.exec(stage) ?? [];
    expect(program).toMatch(/^(node|node_modules\/\.bin\/hive-gateway)$/);
  });
});

describe("compose.yaml", () => {
  interface Service {
    readonly environment?: Readonly<Record<string, string>>;
    readonly depends_on?: Readonly<Record<string, unknown>>;
  }
  const { services } = parse(read("compose.yaml"), { merge: true }) as {
    services: Readonly<Record<string, Service>>;
  };

  it.each([...subgraphNames])("serves %s by options that there are", (name) => {
    const { environment = {}, depends_on: before = {} } = services[name] ?? {};
    const given = Object.entries(environment).map(([option, value]) => [
      option,
      value.replace(/^\$\{.*\}$/, "a-secret-that-is-long-enough"),
    ]);
    expect(loadConfig(Object.fromEntries(given))).toMatchObject({ subgraph: name });
    expect(Object.keys(before)).toEqual(["postgres"]);
    const documented = read("src/config.ts");
    expect(Object.keys(environment).filter((option) => !documented.includes(`  ${option}: `))).toEqual([]);
  });

  it("has one worker at least, and a gateway that waits for all", () => {
    const workers = subgraphNames.filter((name) => services[name]?.environment?.["WORKER"] !== "off");
    expect(workers).toHaveLength(1);
    expect(Object.keys(services["gateway"]?.depends_on ?? {}).toSorted()).toEqual(
      [...subgraphNames].toSorted(),
    );
  });
});

describe("base images", () => {
  it("can be pinned by digest in one place each", () => {
    const bases = [...read("Dockerfile").matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
    expect(new Set(bases)).toEqual(new Set(["${NODE_IMAGE}"]));
    const { services } = parse(read("compose.yaml"), { merge: true }) as {
      services: Readonly<Record<string, { image?: string; build?: { args?: Record<string, string> } }>>;
    };
    const all = Object.values(services);
    const built = all.flatMap(({ build }) => (build ? [build.args?.["NODE_IMAGE"]] : []));
    expect(new Set(built)).toEqual(new Set(["${NODE_IMAGE:-node:24-slim}"]));
    const taken = all.flatMap(({ build, image = "" }) => (build ? [] : [image]));
    expect(taken).toEqual(["${POSTGRES_IMAGE:-postgres:17}"]);
  });
});
