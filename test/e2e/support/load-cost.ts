import type { Browser, Page } from 'playwright-core';

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
  // Whatever is made once for a browser is made, and the page is there to hold a loop against.
  await page.goto(url);
  await page.locator(isThere).waitFor();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true });
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slower });
  const loopMs = Math.min(...[await loop(page), await loop(page), await loop(page)]);
  const sizes = new Map<string, number>();
  devtools.on('Network.requestWillBeSent', ({ requestId, request }) => {
    if (!new URL(request.url).pathname.startsWith('/api/picture')) sizes.set(requestId, 0);
  });
  devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (sizes.has(requestId)) sizes.set(requestId, encodedDataLength);
  });
  const browser = page.context().browser() as Browser;
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  await page.goto(url);
  await page.locator(isThere).waitFor();
  const busyMs = mainThreadMs(await browser.stopTracing());
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  await devtools.detach();
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  return { bytes, requests: sizes.size, busyMs, loopMs };
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly dur?: number;
  readonly args?: { readonly name?: string };
}

/**
 * The tasks of every page's main thread in a trace. Not `Performance.getMetrics`: its count begins at nothing whenever
 * Chromium shows the page in a frame or a process of its own.
 */
function mainThreadMs(trace: Buffer): number {
  const { traceEvents } = JSON.parse(trace.toString('utf8')) as { traceEvents: readonly TraceEvent[] };
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
  const isMain = ({ name, args }: TraceEvent) => name === 'thread_name' && args?.name === 'CrRendererMain';
  const mains = new Set(traceEvents.filter(isMain).map(threadOf));
  const tasks = traceEvents.filter(
    (event) => event.name === 'ThreadControllerImpl::RunTask' && mains.has(threadOf(event)),
  );
  return tasks.reduce((sum, { dur = 0 }) => sum + dur / 1000, 0);
}

/** Ten million steps that no compiler can leave out. */
const loop = (page: Page) =>
  page.evaluate<number>(`(() => {
    const start = performance.now();
    let x = 1;
    for (let i = 0; i < 1e7; i++) x = (Math.imul(x, 1664525) + 1013904223) | 0;
    return performance.now() - start + (x === 0 ? 1 : 0);
  })()`);
