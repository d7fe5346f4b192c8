/** The rows that Apollo's compatibility tests ask the products subgraph for. */
export interface Product {
  readonly id: string;
  readonly sku: string;
  readonly package: string;
  readonly variation: { readonly id: string };
  readonly dimensions: { readonly size: string; readonly weight: number; readonly unit: string };
  readonly research: readonly Research[];
}

export interface Research {
  readonly study: { readonly caseNumber: string; readonly description: string };
}

export interface DeprecatedProduct {
  readonly sku: string;
  readonly package: string;
  readonly reason: string;
}

export interface User {
  readonly email: string;
  readonly name?: string;
  readonly totalProductsCreated?: number | null;
  readonly yearsOfEmployment?: number;
}

export interface Inventory {
  readonly id: string;
}

const dimensions = { size: "small", weight: 1, unit: "kg" };

const ofFederation: Research = { study: { caseNumber: "1234", description: "Federation Study" } };
const ofStudio: Research = { study: { caseNumber: "1235", description: "Studio Study" } };
export const research: readonly Research[] = [ofFederation, ofStudio];

export const products: readonly Product[] = [
  {
    id: "apollo-federation",
    sku: "federation",
    package: "@apollo/federation",
    variation: { id: "OSS" },
    dimensions,
    research: [ofFederation],
  },
  {
    id: "apollo-studio",
    sku: "studio",
    package: "",
    variation: { id: "platform" },
    dimensions,
    research: [ofStudio],
  },
];

export const deprecatedProduct: DeprecatedProduct = {
  sku: "apollo-federation-v1",
  package: "@apollo/federation-v1",
  reason: "Migrate to Federation V2",
};

export const user = {
  email: "support@apollographql.com",
  name: "Jane Smith",
  totalProductsCreated: 1_337,
} satisfies User;

export const inventory: Inventory = { id: "apollo-oss" };
