import type { Page } from 'playwright-core';

/** What a first load costs: bytes on the wire, requests, and the main thread's time on a slow processor. */
export async function firstLoad(page: Page, url: string) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true });
  await devtools.send('Performance.enable');
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 6 });
  let [bytes, requests] = [0, 0];
  devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
    requests++;
  });
  await page.goto(url);
  await page.getByRole('link', { name: 'front-door' }).waitFor();
  const { metrics } = await devtools.send('Performance.getMetrics');
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  return { bytes, requests, busyMs: (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000 };
}
