/** A day in words, as the server writes it. */

/**
 * "2 March 2026", and with `parts` more or fewer of its parts: "Monday 2 March 2026".
 * @param {Date} day
 * @param {Intl.DateTimeFormatOptions} [parts]
 */
export const inWords = (day, parts) =>
  day.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", ...parts }).replace(",", "");
