import { z } from 'zod';
import { LimenError } from '../../domain/errors.ts';
import { accountListed, auditListed } from '../answers/accounts.ts';
import { role } from '../answers/session.ts';
import type { CommonDesk } from '../common-desk.ts';
import { administrators, auditors, everybody } from '../roles.ts';
import { commonRoute, type Route } from '../route.ts';

const name = z.string().min(1).max(64);
const password = z.string().min(1).max(200);
const named = z.object({ name });

/** Who may sign in, and who changed what. */
export const accountRoutes: readonly Route<CommonDesk>[] = [
  commonRoute({
    ...{ method: 'GET', path: '/api/accounts', may: auditors, says: 'Who may sign in' },
    answer: z.object({ accounts: z.array(accountListed) }),
    handle: async (_call, { accounts }) => ({ accounts: await accounts.list() }),
  }),
  commonRoute({
    ...{ method: 'POST', path: '/api/accounts', may: administrators, says: 'Let somebody sign in' },
    body: z.object({ name, role, password }),
    answer: accountListed,
    audit: null,
    handle: ({ body, who }, { changeAccounts }) => {
      const deed = { account: who.name, action: 'account.added', target: body.name, detail: { role: body.role } };
      return changeAccounts(deed, (accounts) => accounts.add(body));
    },
  }),
  commonRoute({
    ...{ method: 'DELETE', path: '/api/accounts/:name', may: administrators, says: 'Let somebody sign in no more' },
    params: named,
    answer: z.object({}),
    audit: null,
    handle: async ({ params, who }, { changeAccounts }) => {
      const deed = { account: who.name, action: 'account.removed', target: params.name };
      await changeAccounts(deed, (accounts) => accounts.remove(params.name));
      return {};
    },
  }),
  commonRoute({
    ...{ method: 'PUT', path: '/api/accounts/:name/password', may: administrators, says: 'Set a new password' },
    params: named,
    body: z.object({ password }),
    answer: z.object({}),
    audit: null,
    handle: async ({ params, body, who }, { changeAccounts }) => {
      const deed = { account: who.name, action: 'account.password-set', target: params.name };
      await changeAccounts(deed, (accounts) => accounts.setPassword(params.name, body.password));
      return {};
    },
  }),
  commonRoute({
    ...{ method: 'PUT', path: '/api/accounts/:name/role', may: administrators, says: 'Change what somebody may do' },
    params: named,
    body: z.object({ role }),
    answer: z.object({}),
    audit: null,
    handle: async ({ params, body, who }, { changeAccounts }) => {
      const deed = { account: who.name, action: 'account.role-set', target: params.name, detail: body };
      await changeAccounts(deed, (accounts) => accounts.setRole(params.name, body.role));
      return {};
    },
  }),
  commonRoute({
    ...{
      method: 'PUT',
      path: '/api/accounts/:name/disabled',
      may: administrators,
      says: 'Let nobody sign in by it for now',
    },
    params: named,
    answer: z.object({}),
    audit: null,
    handle: async ({ params, who }, { changeAccounts }) => {
      const deed = { account: who.name, action: 'account.disabled', target: params.name };
      await changeAccounts(deed, (accounts) => accounts.disable(params.name));
      return {};
    },
  }),
  commonRoute({
    ...{ method: 'DELETE', path: '/api/accounts/:name/disabled', may: administrators, says: 'Let them sign in again' },
    params: named,
    answer: z.object({}),
    audit: null,
    handle: async ({ params, who }, { changeAccounts }) => {
      const deed = { account: who.name, action: 'account.enabled', target: params.name };
      await changeAccounts(deed, (accounts) => accounts.enable(params.name));
      return {};
    },
  }),
  commonRoute({
    ...{ method: 'PUT', path: '/api/password', may: everybody, says: "Change one's own password", mostPerMinute: 10 },
    body: z.object({ before: password, password }),
    answer: z.object({}),
    audit: null,
    handle: async ({ who, body }, { accounts, changeAccounts }) => {
      const upon = await accounts.proven(who.name, body.before);
      if (upon === null)
        throw new LimenError('account.password-weak', 'That is not your password so far.', { hint: 'Type it again.' });
      const deed = { account: who.name, action: 'account.password-set', target: who.name };
      await changeAccounts(deed, (changed) => changed.setPassword(who.name, body.password, { upon }));
      return {};
    },
  }),
  commonRoute({
    ...{ method: 'GET', path: '/api/audit', may: auditors, says: 'Who changed what, newest first' },
    query: z.object({
      before: z.string().max(26).optional().meta({ description: 'Id of the last entry of the page before' }),
    }),
    answer: z.object({ entries: z.array(auditListed) }),
    handle: async ({ query }, { audit }) => ({ entries: await audit.entries({ before: query.before }) }),
  }),
];
