/** What becomes of a change now: a broker that is away delays it, and loses nothing. */
export function whenPublished(published: boolean): string {
  return published
    ? 'The broker has it; each terminal takes it as soon as it is connected.'
    : 'It is not published yet: `limen hub run` does that, and says what is in the way.';
}
