/** The words of a model's name: `InvoiceLine` is `invoice line`. */
export function words(model: string): string {
  return model
    .replaceAll(/(?!^)[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replace(/^./, (letter) => letter.toLowerCase());
}
