/** Whether a text is the IANA name of a time zone. `+01:00` is none: it is no place, and knows no daylight saving. */
export function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return /^[A-Z]/i.test(text);
  } catch {
    return false;
  }
}
