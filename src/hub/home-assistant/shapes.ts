import { z } from 'zod';
import type { DoorAlarm } from '../../domain/door-state.ts';
import { alarms } from './discovery.ts';

const onOff = z.enum(['ON', 'OFF']);
const text = z.string().min(1);
const template = z.string().regex(/^\{\{ .+ \}\}$/);
const topic = z.string().regex(/^[^+#]+$/);
const entity = { unique_id: text, value_template: template };

const component = z.discriminatedUnion('platform', [
  z.object({
    ...entity,
    platform: z.literal('lock'),
    command_topic: topic,
    payload_reset: z.literal('None'),
    /** Only where names may go out. */
    json_attributes_topic: topic.optional(),
  }),
  z.object({
    ...entity,
    platform: z.literal('binary_sensor'),
    name: text,
    device_class: z.enum(['door', 'safety', 'problem', 'tamper', 'smoke']),
    entity_category: z.literal('diagnostic').optional(),
  }),
  z.object({
    ...entity,
    platform: z.literal('sensor'),
    name: text,
    entity_category: z.literal('diagnostic'),
    device_class: z.literal('timestamp').optional(),
    state_class: z.literal('measurement').optional(),
  }),
]);

/** A device as Home Assistant discovers it: what limen says of what may be said. */
export const discoverySchema = z.object({
  device: z.object({
    identifiers: z.array(text).length(1),
    name: text,
    manufacturer: z.literal('limen'),
    model: z.enum(['Door terminal', 'Time clock']),
    sw_version: text,
  }),
  origin: z.object({ name: z.literal('limen'), sw_version: text }),
  availability_topic: topic,
  state_topic: topic,
  qos: z.literal(1),
  components: z.record(z.string().regex(/^[a-z_]+$/), component),
});

/** Everything of a device that changes. What a time clock without a door does not have is left out. */
export const stateSchema = z.object({
  lock: z.enum(['LOCKED', 'UNLOCKED', 'UNLOCKING', 'JAMMED', 'None']).optional(),
  door: onOff.optional(),
  alarms: z
    .object(Object.fromEntries(alarms.map((alarm) => [alarm, onOff])) as Record<DoorAlarm, typeof onOff>)
    .optional(),
  people: z.number().int().min(0),
  unsent: z.number().int(),
  started: z.iso.datetime({ offset: true }),
  clockProblem: onOff,
});

/** Who was let in last, and when; `null` for nobody. */
export const attributesSchema = z.object({
  last_person: z.string().nullable(),
  last_person_at: z.iso.datetime({ offset: true }).nullable(),
});

export const availabilitySchema = z.enum(['online', 'offline']);
/** What Home Assistant may ask for. */
export const orderSchema = z.enum(['LOCK', 'UNLOCK']);
