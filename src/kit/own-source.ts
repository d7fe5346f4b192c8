/** The source of external ids that stands for the merchant's own system. */
export const ownSource = "merchant";
