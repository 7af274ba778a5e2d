/** The direction of the house: see docs/architecture.md. Each rule says why in its comment. */
const room = (name) => `^src/${name}/`;
const onlyMayImport = (name, allowed, why) => ({
  name: `${name}-imports-only`,
  comment: why,
  severity: 'error',
  from: { path: room(name) },
  to: { path: '^src/', pathNot: [room(name), ...allowed.map((a) => (a.includes('.') ? `^src/${a}$` : room(a)))] },
});
const drivers =
  '^src/(camera/(replay|node-webcam|v4l2)|reader/(serial|hid|fifo|simulated)|engine/(onnxruntime-node|onnxruntime-web|tfjs)|gpio/(gpiochip|onoff|simulated)|payroll/(frappe|webhook))\\.ts$';
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'A circle has no reading order.',
      from: {},
      to: { circular: true },
    },
    onlyMayImport('domain', [], 'The domain is plain types and pure functions.'),
    onlyMayImport('engine', ['domain', 'runtime'], 'An engine runs tensors; it knows no faces.'),
    onlyMayImport('camera', ['domain', 'runtime'], 'A camera delivers frames; it knows no faces.'),
    onlyMayImport('vision', ['domain', 'runtime', 'engine'], 'Vision turns frames into templates and knows no people.'),
    onlyMayImport('gallery', ['domain', 'runtime'], 'The gallery knows people, not doors or brokers.'),
    onlyMayImport('access', ['domain', 'gallery'], 'A decision needs evidence and the gallery, nothing that moves.'),
    onlyMayImport('gpio', ['domain', 'runtime'], 'A pin knows its level, not what hangs on it.'),
    onlyMayImport('door', ['domain', 'runtime', 'gpio'], 'The door obeys; it decides nothing and talks to nobody.'),
    onlyMayImport('attendance', ['domain'], 'Working time is derived from facts; it reads no books and moves nothing.'),
    onlyMayImport(
      'payroll',
      ['domain', 'runtime', 'attendance'],
      'A payroll is told what happened; it reads no books.',
    ),
    onlyMayImport('reader', ['domain', 'runtime'], 'A reader gives lines; it knows neither people nor doors.'),
    onlyMayImport('journal', ['domain', 'runtime'], 'The journal records; it acts on nothing.'),
    onlyMayImport(
      'sync',
      ['domain', 'runtime', 'gallery', 'journal'],
      'The broker side never reaches the door directly.',
    ),
    onlyMayImport(
      'evaluate',
      ['domain', 'runtime', 'vision', 'gallery', 'access', 'camera', 'pipeline.ts'],
      'Measuring sees and decides as the product does; it opens no door, keeps no gallery and talks to nobody.',
    ),
    onlyMayImport(
      'adapt',
      ['domain', 'runtime', 'gallery', 'evaluate', 'engine', 'vision'],
      'Learning takes templates and returns a projection.',
    ),
    onlyMayImport(
      'models',
      ['domain', 'runtime', 'vision', 'engine', 'config'],
      'Packs are fetched and described, not used.',
    ),
    onlyMayImport('config', ['domain', 'runtime'], 'Configuration describes drivers by name and builds none.'),
    onlyMayImport('runtime', ['domain'], 'Process plumbing, below everything.'),
    onlyMayImport('web', ['domain', 'runtime'], 'HTTP, below every screen and every route; it knows no door.'),
    onlyMayImport(
      'console',
      [
        ...['domain', 'runtime', 'web', 'config', 'sync', 'hub', 'vision', 'models', 'hub-broker-access.ts'],
        ...['access', 'attendance', 'evaluate', 'gallery', 'guard'],
      ],
      'The console asks the hub; it moves nothing by itself.',
    ),
    onlyMayImport(
      'door-console',
      ['domain', 'runtime', 'web', 'config', 'journal', 'sync', 'door', 'hub', 'console'],
      "A terminal's own console looks at its terminal and tells its door; it shares everything else with the hub's.",
    ),
    onlyMayImport(
      'kiosk',
      ['domain', 'runtime', 'web'],
      "The terminal's screen shows what it is told; it decides nothing and reads no gallery.",
    ),
    {
      name: 'screens-take-only-types',
      comment: 'A browser runs nothing of the server; it may know the shape of its answers.',
      severity: 'error',
      from: { path: '^src/screens/' },
      to: { path: '^src/', pathNot: '^src/screens/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nothing-imports-screens',
      comment: 'Screens are files that the server hands out.',
      severity: 'error',
      from: { pathNot: '^src/screens/' },
      to: { path: '^src/screens/' },
    },
    {
      name: 'drivers-only-in-compose',
      comment: 'Concrete drivers are named in exactly one place.',
      severity: 'error',
      from: { pathNot: ['^src/compose\\.ts$', drivers] },
      to: { path: drivers },
    },
    {
      name: 'nothing-imports-cli',
      severity: 'error',
      from: { pathNot: ['^src/cli/', '^src/main\\.ts$'] },
      to: { path: '^src/cli/' },
    },
    {
      name: 'no-dev-dependency',
      comment: 'Screens are bundled: what they import is in the build.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/screens/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|test)/' },
  },
};
