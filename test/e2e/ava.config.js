/** The screens in a real browser: from the build, one after the other, because each runs a browser, a hub and a terminal. */
export default {
  files: ['dist/test/e2e/scenarios/*.js'],
  workerThreads: false,
  concurrency: 1,
  timeout: '10m',
  cache: false,
};
