/** Inside the test machine: one process at a time, since the scenarios share its hardware, and patience, since it is emulated. */
export default {
  // The contract suites of the GPIO drivers and of the lock over them find real lines here.
  files: ['dist/test/hil/{scenarios,after-power-cut}/*.js', 'dist/test/gpio/{gpiochip,onoff}.test.js'],
  workerThreads: false,
  serial: true,
  concurrency: 1,
  timeout: '100s',
  // The checkout is mounted read-only.
  cache: false,
};
