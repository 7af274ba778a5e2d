/** What somebody may do in the console: change everything; run the site; look. */
export const roles = ['administrator', 'operator', 'auditor'] as const;

/** See {@link roles}. */
export type Role = (typeof roles)[number];

/** Who may use a route. */
export type Allowed = readonly Role[] | 'anybody';

/** Everybody who is signed in. */
export const everybody: readonly Role[] = roles;

/** Whoever runs the site from day to day: people, doors. */
export const operators: readonly Role[] = ['administrator', 'operator'];

/** Whoever may change who may what. */
export const administrators: readonly Role[] = ['administrator'];

/** Whoever checks on the others. */
export const auditors: readonly Role[] = ['administrator', 'auditor'];
