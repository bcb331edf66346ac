/** Makes the format of a zone once: to make one takes longer than to draw a row. */
export function dateFormat(
  locale: string,
  options: Intl.DateTimeFormatOptions,
): (timeZone: string | undefined) => Intl.DateTimeFormat {
  const made = new Map<string | undefined, Intl.DateTimeFormat>();
  return (timeZone) => {
    const format = made.get(timeZone) ?? new Intl.DateTimeFormat(locale, { ...options, ...(timeZone && { timeZone }) });
    made.set(timeZone, format);
    return format;
  };
}
