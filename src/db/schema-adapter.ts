import { PrismaPg } from "@prisma/adapter-pg";
import { ColumnTypeEnum, type SqlMigrationAwareDriverAdapterFactory } from "@prisma/driver-adapter-utils";
import pg from "pg";

/** The type "char", a single byte, which only the system catalogs have. */
const systemChar = 18;

/**
 * Prisma's PostgreSQL adapter as the schema engine needs it. Two things are different from `PrismaPg`:
 *
 * - a script runs as one statement, and so as a whole or not at all. `PrismaPg` would split it at every semicolon,
 *   those in functions, texts and comments too.
 * - a column of type "char" is read, which the engine expects of the catalogs. `PrismaPg` does not know the type.
 */
export function schemaAdapters(pool: pg.Pool): SqlMigrationAwareDriverAdapterFactory {
  const charColumns = disguiseCharColumns(pool);
  const factory = new PrismaPg(pool);
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    async connect() {
      const adapter = await factory.connect();
      const queryRaw = adapter.queryRaw.bind(adapter);
      adapter.queryRaw = async (query) => {
        const result = await queryRaw(query);
        for (const index of charColumns.get(result.rows) ?? []) {
          result.columnTypes[index] = ColumnTypeEnum.Character;
        }
        return result;
      };
      adapter.executeScript = async (sql) => {
        await adapter.executeRaw({ sql, args: [], argTypes: [] });
      };
      return adapter;
    },
    connectToShadowDb: () => factory.connectToShadowDb(),
  };
}

/** Makes columns of type "char" pass for text, and tells for the rows of a result which columns they are. */
function disguiseCharColumns(pool: pg.Pool): WeakMap<unknown[], number[]> {
  const columns = new WeakMap<unknown[], number[]>();
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<pg.QueryResult<never>>;
  pool.query = (async (...args: unknown[]) => {
    const result = await query(...args);
    // A script of several statements has an array of results, which nobody reads.
    if (Array.isArray(result)) return result;
    const found: number[] = [];
    for (const [index, field] of result.fields.entries()) {
      if (field.dataTypeID !== systemChar) continue;
      field.dataTypeID = pg.types.builtins.TEXT;
      found.push(index);
    }
    columns.set(result.rows, found);
    return result;
  }) as typeof pool.query;
  return columns;
}
