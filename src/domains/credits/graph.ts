import "./mutations/credit.ts";
import "./mutations/wallet.ts";
import "./schema/grant.ts";
import "./schema/transaction.ts";
import "./schema/wallet.ts";
