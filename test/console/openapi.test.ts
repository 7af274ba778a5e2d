import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { allRoutes } from '../../src/console/all-routes.ts';
import { describeApi } from '../../src/console/openapi.ts';
import { atHub, atTerminal } from '../../src/console/place.ts';
import { doorRoutes } from '../../src/door-console/routes.ts';
import { packageRoot } from '../../src/runtime/package-root.ts';

test('docs/openapi.json and docs/openapi-terminal.json are what the routes say (npm run schema)', async (t) => {
  const written = JSON.parse(readFileSync(join(packageRoot(), 'docs/openapi.json'), 'utf8'));
  t.deepEqual(written, JSON.parse(JSON.stringify(await describeApi(atHub, allRoutes))));
  const ofTerminal = JSON.parse(readFileSync(join(packageRoot(), 'docs/openapi-terminal.json'), 'utf8'));
  t.deepEqual(ofTerminal, JSON.parse(JSON.stringify(await describeApi(atTerminal, doorRoutes))));
});

test('every route is described, with its summary and who may use it', async (t) => {
  const { paths } = (await describeApi(atHub, allRoutes)) as {
    paths: Record<
      string,
      Record<string, { summary?: string; description?: string; requestBody?: { content: object } }>
    >;
  };
  for (const { method, path, says, takesPicture } of allRoutes) {
    const described = paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
    t.is(described?.summary, says, `${method} ${path}`);
    t.regex(described?.description ?? '', /^(For: |Open to everybody)/, `${method} ${path}`);
    if (takesPicture) t.true('image/jpeg' in (described?.requestBody?.content ?? {}), `${method} ${path}`);
  }
});
