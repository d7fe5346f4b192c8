import { z } from "zod";
import type { Row } from "../../../db/datamodel.ts";
import { mergedMetadata, metadataFaults, metadataInput } from "../../../kit/metadata.ts";
import type { Fault } from "../../../kit/refusal.ts";
import { clearable, text } from "../../../kit/validate.ts";

export type MeterRow = Row<"Meter">;

/** What people know a meter by; it can change at any time, and no figure depends on it. */
export const meterLabels = {
  name: text(255).optional(),
  description: clearable(text(5_000)),
  unitName: clearable(text(40)),
  metadata: metadataInput.nullish(),
};

const schema = z.object(meterLabels);

type MeterLabels = Partial<z.infer<typeof schema>>;

type LabelValues = Pick<MeterRow, "name" | "description" | "unitName" | "metadata">;

/** The labels of a meter after `sent` arrived. */
export function mergeLabels<V extends LabelValues>(
  stored: V,
  { name, description, unitName, metadata }: MeterLabels,
  replaceMetadata = false,
): V {
  return {
    ...stored,
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(unitName !== undefined && { unitName }),
    metadata: mergedMetadata(stored.metadata, metadata, replaceMetadata),
  };
}

/** What is wrong with the labels of a meter as a whole. */
export function labelFaults({ metadata }: LabelValues): Fault[] {
  return metadataFaults(metadata);
}
