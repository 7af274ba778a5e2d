import { settings, settingsChange } from '../answers/settings.ts';
import { ownSettings, saveSettings } from '../own-settings.ts';
import { administrators } from '../roles.ts';
import { type Route, route } from '../route.ts';

/** Setting a hub up otherwise. */
export const settingsChangeRoutes: readonly Route[] = [
  route({
    ...{
      method: 'PUT',
      path: '/api/settings',
      may: administrators,
      says: "Write into the hub's configuration file what its next start shall go by",
    },
    body: settingsChange,
    answer: settings,
    audit: { action: 'settings.changed', detail: ({ body: { changes } }) => ({ ...changes }) },
    handle: async ({ body }, desk) => {
      await saveSettings(desk, body);
      return ownSettings(desk);
    },
  }),
];
