// Loaded before a server by `--import`: its clock is CLOCK_SHIFT_DAYS ahead.
const shift = Number(process.env.CLOCK_SHIFT_DAYS) * 86_400_000;
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...parts) {
    super(...(parts.length ? parts : [RealDate.now() + shift]));
  }

  static now() {
    return RealDate.now() + shift;
  }
};
