/** What requests are about: rows of the seeded database. */
export interface Subjects {
  readonly environmentId: string;
  /** Customers, drawn at random. */
  readonly customerIds: readonly string[];
  /** Customers with one active item of the product that gives the benefit, drawn at random. */
  readonly subscriberIds: readonly string[];
  /** The meter that sums, the name of its events, and a month in which there are events. */
  readonly meterId: string;
  readonly eventName: string;
  readonly from: string;
  readonly to: string;
  /** The external ids of active customers, for each connection its own: no two write the same customer. */
  readonly batches: readonly (readonly ExternalCustomer[])[];
}

/** A customer as the system of `source` knows it. */
export interface ExternalCustomer {
  readonly id: string;
  readonly externalId: string;
  readonly email: string;
  readonly name: string | null;
}

/** An operation as it is sent. */
export interface Operation {
  readonly operationName: string;
  readonly query: string;
  readonly variables: object;
}

/** A document that a server is asked, and how its answer is read where that has another form than the product's. */
export interface Wording {
  readonly query: string;
  /** The variables, where the document needs others. */
  readonly variables?: (common: object, subjects: Subjects) => object;
  /** The data in the product's form, for comparing. */
  readonly read?: (data: never) => unknown;
}

/** Something that servers are asked again and again. */
interface Common {
  readonly name: string;
  /** For the reader of the results. */
  readonly title: string;
  readonly operationName: string;
  /** The document that everyone is asked who has no wording of his own. */
  readonly query: string;
}

/** A read: the same few requests are asked in turn. `cursors` lead to pages of customers and are the server's own. */
export interface ReadWorkload extends Common {
  readonly requests: (subjects: Subjects, cursors: readonly string[]) => readonly object[];
}

/** A write: the variables of each request of a connection are new. */
export interface WriteWorkload extends Common {
  /** How many rows one request writes. */
  readonly rowsWritten: number;
  readonly next: (subjects: Subjects, connection: number) => object;
}

export type Workload = ReadWorkload | WriteWorkload;
