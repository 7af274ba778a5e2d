import type { DoorAlarm } from '../../domain/door-state.ts';
import { homeAssistantTopics, nodeId } from './topics.ts';

/** What a terminal has that Home Assistant can show. */
export interface DeviceFacts {
  readonly site: string;
  readonly terminal: string;
  readonly prefix: string;
  readonly software: string;
  /** A time clock that opens nothing has no lock. */
  readonly hasDoor: boolean;
  /** The leaf was seen to move: without a contact nobody knows whether a door is open. */
  readonly hasContact: boolean;
  /** Whether names go out. */
  readonly lastPerson: boolean;
}

type Component = Readonly<Record<string, unknown>>;

/** How each alarm is shown: https://www.home-assistant.io/integrations/binary_sensor/#device-class */
const alarmClass: Record<DoorAlarm, string> = {
  forced: 'safety',
  'held-open': 'problem',
  jammed: 'problem',
  tamper: 'tamper',
  fire: 'smoke',
};
export const alarms = Object.keys(alarmClass) as DoorAlarm[];

/**
 * The payload of Home Assistant's device discovery (https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload):
 * one device with all that it consists of. Keys are spelled out, and values read from one JSON state by templates.
 */
export function discoveryOf(facts: DeviceFacts): object {
  const { site, terminal, software } = facts;
  const topics = homeAssistantTopics(site, terminal, facts.prefix);
  const id = nodeId(site, terminal);
  const components = { ...(facts.hasDoor && doorComponents(facts)), ...diagnostics };
  return {
    device: {
      identifiers: [id],
      name: terminal,
      manufacturer: 'limen',
      model: facts.hasDoor ? 'Door terminal' : 'Time clock',
      sw_version: software,
    },
    origin: { name: 'limen', sw_version: software },
    availability_topic: topics.availability,
    state_topic: topics.state,
    qos: 1,
    components: Object.fromEntries(
      Object.entries(components).map(([name, component]) => [name, { ...component, unique_id: `${id}_${name}` }]),
    ),
  };
}

function doorComponents(facts: DeviceFacts): Record<string, Component> {
  const { set, attributes } = homeAssistantTopics(facts.site, facts.terminal, facts.prefix);
  const shown = facts.hasContact ? alarms : alarms.filter((alarm) => alarm !== 'held-open');
  return {
    lock: {
      platform: 'lock',
      // Home Assistant demands a command topic; the hub obeys there what its configuration allows.
      command_topic: set,
      value_template: '{{ value_json.lock }}',
      payload_reset: 'None',
      ...(facts.lastPerson && { json_attributes_topic: attributes }),
    },
    ...(facts.hasContact && {
      door: { platform: 'binary_sensor', name: 'Door', device_class: 'door', value_template: '{{ value_json.door }}' },
    }),
    ...Object.fromEntries(
      shown.map((alarm) => [
        alarm.replace('-', '_'),
        {
          platform: 'binary_sensor',
          name: `Alarm: ${alarm.replace('-', ' ')}`,
          device_class: alarmClass[alarm],
          value_template: `{{ value_json.alarms['${alarm}'] }}`,
        },
      ]),
    ),
  };
}

const diagnostic = { platform: 'sensor', entity_category: 'diagnostic' } as const;
const diagnostics: Record<string, Component> = {
  people: {
    ...diagnostic,
    ...{ name: 'People in the gallery', state_class: 'measurement', value_template: '{{ value_json.people }}' },
  },
  unsent: {
    ...diagnostic,
    ...{ name: 'Events not yet at the hub', state_class: 'measurement', value_template: '{{ value_json.unsent }}' },
  },
  started: {
    ...diagnostic,
    ...{ name: 'Running since', device_class: 'timestamp', value_template: '{{ value_json.started }}' },
  },
  clock: {
    ...{ platform: 'binary_sensor', entity_category: 'diagnostic', name: 'Clock not set', device_class: 'problem' },
    value_template: '{{ value_json.clockProblem }}',
  },
};
