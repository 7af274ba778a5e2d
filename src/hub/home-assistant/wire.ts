import { z } from 'zod';
import type { ApiBeside, ApiMessage } from '../../sync/asyncapi.ts';
import { attributesSchema, availabilitySchema, discoverySchema, orderSchema, stateSchema } from './shapes.ts';

const schemas = {
  'home-assistant-discovery': discoverySchema,
  'home-assistant-state': stateSchema,
  'home-assistant-availability': availabilitySchema,
  'home-assistant-attributes': attributesSchema,
  'home-assistant-set': orderSchema,
} as const satisfies Record<string, z.ZodType>;

const json = {
  action: 'send',
  from: 'the hub',
  retained: true,
  contentType: 'application/json',
  description: 'On the wire: JSON, neither signed nor encrypted. An empty payload takes it away.',
} as const;
const text = { contentType: 'text/plain', description: 'On the wire: the word itself, neither signed nor encrypted.' };

const messages: readonly (ApiMessage & { readonly schema: keyof typeof schemas })[] = [
  {
    ...{ ...json, name: 'homeAssistantDiscovery', address: '{prefix}/device/{device}/config' },
    ...{ schema: 'home-assistant-discovery', says: 'What a terminal consists of, for Home Assistant' },
  },
  {
    ...{ ...json, name: 'homeAssistantState', address: 'limen/{site}/home-assistant/{terminal}/state' },
    ...{ schema: 'home-assistant-state', says: 'How a terminal is, for Home Assistant; names nobody' },
  },
  {
    ...{ ...json, ...text, name: 'homeAssistantAvailability' },
    ...{ address: 'limen/{site}/home-assistant/{terminal}/availability', schema: 'home-assistant-availability' },
    says: 'Whether a terminal is there, for Home Assistant',
  },
  {
    ...{ ...json, name: 'homeAssistantAttributes', address: 'limen/{site}/home-assistant/{terminal}/attributes' },
    ...{ schema: 'home-assistant-attributes', says: 'Who was let in last; empty unless the site allows it' },
  },
  {
    ...{ ...text, name: 'homeAssistantSet', address: 'limen/{site}/home-assistant/{terminal}/set' },
    ...{ action: 'receive', from: 'Home Assistant', retained: false, schema: 'home-assistant-set' },
    says: 'What Home Assistant wants of a lock; obeyed where the configuration allows it',
  },
];

/** What a hub with the section `homeAssistant` says and hears besides, for the AsyncAPI document. */
export const homeAssistantWire: ApiBeside = {
  messages,
  parameters: {
    prefix: { description: "Home Assistant's own, `homeAssistant.discoveryPrefix`", default: 'homeassistant' },
    device: { description: 'limen_<site>_<terminal>; a dot or an underscore in an id is `_2e` or `_5f` there' },
  },
};

/** JSON Schemas (2020-12) of these messages, by the name of their files in `docs/wire/`. */
export function homeAssistantJsonSchemas(): Record<string, object> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [
      `${name}.schema.json`,
      z.toJSONSchema(schema, { io: 'input' }) as object,
    ]),
  );
}
