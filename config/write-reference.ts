import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonSchemas } from '../src/config/json-schema.ts';
import { configurationReference } from '../src/config/reference.ts';
import { allRoutes } from '../src/console/all-routes.ts';
import { describeApi } from '../src/console/openapi.ts';
import { atHub, atTerminal } from '../src/console/place.ts';
import { doorRoutes } from '../src/door-console/routes.ts';
import { homeAssistantJsonSchemas, homeAssistantWire } from '../src/hub/home-assistant/wire.ts';
import { packageRoot } from '../src/runtime/package-root.ts';
import { asyncApiDocument } from '../src/sync/asyncapi.ts';
import { wireJsonSchemas } from '../src/sync/wire-catalogue.ts';

// `npm run schema`: what editors and readers use, from the schema that the daemon uses.
for (const [name, schema] of Object.entries(jsonSchemas())) {
  writeFileSync(join(packageRoot(), 'config', name), `${JSON.stringify(schema, null, 2)}\n`);
}
writeFileSync(join(packageRoot(), 'docs', 'configuration.md'), configurationReference());
const apis = {
  'openapi.json': await describeApi(atHub, allRoutes),
  'openapi-terminal.json': await describeApi(atTerminal, doorRoutes),
};
for (const [name, api] of Object.entries(apis)) {
  writeFileSync(join(packageRoot(), 'docs', name), `${JSON.stringify(api, null, 2)}\n`);
}
const wire = {
  ...wireJsonSchemas(),
  ...homeAssistantJsonSchemas(),
  'asyncapi.json': asyncApiDocument(homeAssistantWire),
};
for (const [name, content] of Object.entries(wire)) {
  writeFileSync(join(packageRoot(), 'docs', 'wire', name), `${JSON.stringify(content, null, 2)}\n`);
}
