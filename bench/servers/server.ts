import type { Wording } from "../workloads/workload.ts";

/** What a server is started with. */
export interface Surroundings {
  readonly databaseUrl: string;
  readonly environmentId: string;
  /** A key of the product that may do everything, as often as it likes. */
  readonly apiKey: string;
}

/** A program that is measured. */
export interface Server {
  readonly name: string;
  /** For the reader of the results. */
  readonly title: string;
  /** The program, below the root of the repository. It prints its URL once it listens. */
  readonly program: string;
  readonly environment?: (surroundings: Surroundings) => Readonly<Record<string, string>>;
  readonly headers?: (surroundings: Surroundings) => Readonly<Record<string, string>>;
  /** How many processes serve, at least, where that is not one. */
  readonly processes?: number;
  /** What it is asked, by the name of the operation, where its schema differs from the product's. */
  readonly wordings?: Readonly<Record<string, Wording>>;
  /** The workloads that it has no part in, with the reason. */
  readonly without?: Readonly<Record<string, string>>;
}
