/** As what a report can be written down. */
export const fileFormats = ['csv', 'xlsx', 'json', 'html'] as const;

/** See {@link fileFormats}. */
export type FileFormat = (typeof fileFormats)[number];
