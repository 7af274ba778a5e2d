import { z } from 'zod';
import { hubConfigSchema, terminalConfigSchema } from './schema.ts';

/** JSON Schemas for editors, by the name of the file in `config/` that holds them; written by `npm run schema`. */
export function jsonSchemas(): Record<string, object> {
  return {
    'limen.schema.json': z.toJSONSchema(terminalConfigSchema, { io: 'input' }),
    'limen-hub.schema.json': z.toJSONSchema(hubConfigSchema, { io: 'input' }),
  };
}
