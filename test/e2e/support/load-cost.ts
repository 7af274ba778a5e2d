import type { Page } from 'playwright-core';

/** What a first load costs. */
export interface LoadCost {
  /** On the wire, headers included; the live picture is no part of the page. */
  readonly bytes: number;
  readonly requests: number;
  /** Of the page's main thread, on a processor six times slower. */
  readonly busyMs: number;
  /** Of a fixed loop in the same page, slowed down alike: what to hold {@link busyMs} against. */
  readonly loopMs: number;
}

const slower = 6;

/** Load a page as if for the first time, on a slow processor. @param isThere selects what is there once it has been loaded */
export async function costOfLoad(page: Page, { url, isThere }: { url: string; isThere: string }): Promise<LoadCost> {
  // Chromium may take a new process for another site, whose count begins at nothing: go there first, then count.
  await page.goto(url);
  await page.locator(isThere).waitFor();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true });
  await devtools.send('Performance.enable');
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slower });
  const loopMs = Math.min(...[await loop(page), await loop(page), await loop(page)]);
  const sizes = new Map<string, number>();
  devtools.on('Network.requestWillBeSent', ({ requestId, request }) => {
    if (!new URL(request.url).pathname.startsWith('/api/picture')) sizes.set(requestId, 0);
  });
  devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (sizes.has(requestId)) sizes.set(requestId, encodedDataLength);
  });
  const busy = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000;
  };
  const before = await busy();
  // Not `goto`: going to the page that is shown already may be given a process of its own, to keep the old one for "back".
  await page.reload();
  await page.locator(isThere).waitFor();
  const after = await busy();
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  await devtools.detach();
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  return { bytes, requests: sizes.size, busyMs: after - before, loopMs };
}

/** Ten million steps that no compiler can leave out. */
const loop = (page: Page) =>
  page.evaluate<number>(`(() => {
    const start = performance.now();
    let x = 1;
    for (let i = 0; i < 1e7; i++) x = (Math.imul(x, 1664525) + 1013904223) | 0;
    return performance.now() - start + (x === 0 ? 1 : 0);
  })()`);
