import { z } from 'zod';
import { checkConfigText, explainConfig } from '../../config/load.ts';
import { recognitionSchema } from '../../config/recognition-schema.ts';
import { bytesOf } from '../../models/catalogue.ts';
import { listPacks } from '../../models/list-packs.ts';
import { packageVersion } from '../../runtime/package-root.ts';
import { roles as packRoles } from '../../vision/pack-manifest.ts';
import { configChecked, models, settings } from '../answers/settings.ts';
import { auditors, everybody } from '../roles.ts';
import { type Route, route } from '../route.ts';

const engines = recognitionSchema.shape.engine.unwrap().options;

/** What recognises people, and how the hub and its terminals are set up. */
export const settingsRoutes: readonly Route[] = [
  route({
    ...{
      method: 'GET',
      path: '/api/models',
      may: everybody,
      says: 'Packs and engines: what is here, and what is in use',
    },
    answer: models,
    handle: async (_call, { config, log }) => {
      const { pack: chosen, engine } = config.recognition;
      const inUse = [chosen].flat();
      const packs = await listPacks((error) => log.warn({ error }, 'a folder that is no pack'));
      return {
        packs: packs.map(({ pack, installed, figures }) => ({
          ...{ name: pack.name, installed, inUse: inUse.includes(pack.name), ...figures },
          gives: packRoles.filter((role) => pack[role] !== undefined),
          ...{ bytes: bytesOf(pack), licence: pack.licence },
          calibrated: pack.embedder === undefined || pack.calibration !== null,
        })),
        engines: engines.map((name) => ({ name, inUse: name === engine })),
      };
    },
  }),
  route({
    ...{ method: 'GET', path: '/api/settings', may: auditors, says: "The hub's configuration, every default included" },
    answer: settings,
    handle: async (_call, { config }) => ({
      ...{ effective: explainConfig(config), version: packageVersion(), node: process.version },
    }),
  }),
  route({
    ...{
      method: 'POST',
      path: '/api/settings/check',
      may: everybody,
      says: 'Check a configuration as its file would be',
    },
    body: z.object({ kind: z.enum(['hub', 'terminal']), text: z.string().max(200_000) }),
    answer: configChecked,
    audit: null,
    handle: async ({ body }) => {
      const { problems, effective } = checkConfigText(body.text, body.kind);
      return { problems: [...problems], effective };
    },
  }),
];
