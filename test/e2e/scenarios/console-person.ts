import { existsSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import type { Browser } from 'playwright-core';
import { startConsole } from '../../console/support/console.ts';
import { needs } from '../../support/require.ts';
import { until } from '../../support/wait.ts';
import { assertAccessible, chromiumPath, openPage, startBrowser } from '../support/browser.ts';

let browser: Browser;
test.before(async () => {
  if (existsSync(chromiumPath)) browser = await startBrowser();
});
test.after.always(() => browser?.close());

const until2030 = '2030-06-30T21:59:59.000Z';

/** Ann, who is in two groups until 2030, on her page before an operator, and what the books have of her. */
async function beforeAnn(t: ExecutionContext) {
  const { server, as } = await startConsole(t);
  const asked = (method: 'GET' | 'POST' | 'PATCH' | 'PUT', url: string, payload?: object) =>
    server.inject({ method, url, headers: as.operator, ...(payload && { payload }) });
  const ann = { id: '1001', name: 'Ann', withoutFace: true, cards: ['4711'], groups: ['staff', 'lab'] };
  await asked('POST', '/api/people', { ...ann, validUntil: until2030 });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  const page = await openPage(t, browser, { url: 'about:blank', size: { width: 1280, height: 900 } });
  const [name = '', value = ''] = as.operator.cookie.split('=');
  await page.context().addCookies([{ name, value, url }]);
  await page.goto(`${url}/people/1001`);
  const form = page.getByRole('dialog');
  return {
    ...{ page, asked, form },
    now: async () => (await asked('GET', '/api/people/1001')).json(),
    open: () => page.getByRole('button', { name: 'Change', exact: true }).click(),
    send: () => form.getByRole('button', { name: 'Change', exact: true }).click(),
  };
}

test.serial('what nobody touched is not changed: groups, and the seconds of a validity', async (t) => {
  if (!needs(t, 'chromium')) return;
  const { page, asked, form, now, open, send } = await beforeAnn(t);
  await open();
  await form.getByLabel('Name').fill('Anne');
  await send();
  await form.waitFor({ state: 'detached' });
  await page.getByRole('heading', { name: 'Anne' }).waitFor();
  t.like(await now(), { name: 'Anne', groups: ['staff', 'lab'], validUntil: until2030 });

  await open();
  await form.getByLabel('Name').fill('Ann Marie');
  await asked('PATCH', '/api/people/1001', { groups: ['staff'], validUntil: '2020-01-01T00:00:00.000Z' });
  await send();
  await form.getByText('Somebody has changed Anne meanwhile').waitFor();
  await form.getByText('Groups: staff (before: staff, lab)').waitFor();
  t.is((await now()).name, 'Anne');
  await assertAccessible(t, page, 'a change that another has overtaken');
  await form.getByRole('button', { name: 'Go on from what holds now' }).click();
  t.is(await form.getByLabel('Groups').inputValue(), 'staff');
  t.is(await form.getByLabel('Name').inputValue(), 'Ann Marie', 'what was typed is not lost');
  await send();
  await until(async () => (await now()).name === 'Ann Marie');
  t.like(await now(), { groups: ['staff'], validUntil: '2020-01-01T00:00:00.000Z' });
});

test.serial('somebody suspended gets another card on the page; their validity is only to be read', async (t) => {
  if (!needs(t, 'chromium')) return;
  const { page, asked, form, now, open, send } = await beforeAnn(t);
  await asked('PUT', '/api/people/1001/suspension', { reason: 'card stolen' });
  await page.reload();
  const { version } = await now();
  await open();
  t.false(await form.getByLabel('until', { exact: true }).isEditable());
  await form.getByLabel('Cards').fill('9999, 9998');
  await send();
  await form.waitFor({ state: 'detached' });
  t.like(await now(), { cards: 2, validUntil: until2030 });
  t.true((await now()).version > version);
});
