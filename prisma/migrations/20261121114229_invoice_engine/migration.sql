-- AlterEnum
ALTER TYPE "invoice_line_kind" ADD VALUE 'CARRIED_OVER';

-- A discount that takes nothing off as yet stays on a draft, whose lines can still change.
ALTER TABLE invoice_discounts DROP CONSTRAINT invoice_discounts_amount_check;
ALTER TABLE invoice_discounts ADD CONSTRAINT invoice_discounts_amount_check CHECK (amount >= 0);
-- Lines that give money back are taxed as well, so the parts of an invoice may be below zero, but never its total.
ALTER TABLE invoices DROP CONSTRAINT invoices_amounts_check;
ALTER TABLE invoices
  ADD CONSTRAINT invoices_amounts_check CHECK (
    discount >= 0 AND credit >= 0 AND total = subtotal - discount - credit + tax
    AND total <= 9007199254740991
    AND amount_paid BETWEEN 0 AND total
    AND amount_due BETWEEN 0 AND total - amount_paid
    AND amount_credited BETWEEN 0 AND amount_paid AND amount_refunded BETWEEN 0 AND amount_paid
  );
