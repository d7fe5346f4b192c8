import { brandWithType } from "@pothos/core";
import { findModels } from "../db/reads.ts";
import { isId } from "../kit/ids.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { Node, entityNames, loadEntity } from "./entities.ts";
import { requestError } from "./errors.ts";
import { loader } from "./loaders.ts";

const mostIds = 100;

/** The row that has this id, whatever its type, branded with its type; null when the tenant has none. */
async function loadNode(context: Context, id: string): Promise<{ id: string } | null> {
  if (!isId(id)) return null;
  const { reads, viewer } = context;
  const models = loader(context, "model", (ids) =>
    findModels(reads, viewer.environmentId, entityNames(), ids),
  );
  const model = await models.load(id.toLowerCase());
  if (!model) return null;
  const row = await loadEntity(context, model, id);
  brandWithType(row, model as never);
  return row as { id: string } | null;
}

builder.queryField("node", (t) =>
  t.field({
    type: Node,
    nullable: true,
    description:
      "Whatever has this id; null when there is nothing, or it belongs to another environment. Asks for the scope of its type.",
    args: { id: t.arg.id({ required: true, description: "The id, a UUID." }) },
    resolve: (_root, { id }, context) => loadNode(context, id),
  }),
);

builder.queryField("nodes", (t) =>
  t.field({
    type: [Node],
    nullable: { list: true, items: true },
    description:
      "What has these ids, in their order; null for each that `node` would give null for. Where the key lacks the scope of a row's type, that entry is null and has an error PERMISSION_DENIED.",
    args: { ids: t.arg.idList({ required: true, description: `The ids, at most ${mostIds}.` }) },
    resolve: (_root, { ids }, context) => {
      if (ids.length > mostIds) {
        throw requestError("INVALID_REQUEST", `nodes: at most ${mostIds} ids, not ${ids.length}.`);
      }
      return ids.map((id) => loadNode(context, id));
    },
  }),
);
