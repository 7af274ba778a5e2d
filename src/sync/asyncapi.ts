import { maxMessageBytes } from './jose-text.ts';
import { type WireMessage, type Wrapping, wireMessages } from './wire-catalogue.ts';

/** What stands in the braces of an address. */
const parameters: Readonly<Record<string, object>> = {
  site: { description: 'Name of the site' },
  terminal: { description: 'Name of a terminal, unique on its site' },
  person: { description: 'Id of a person' },
  bucket: { description: 'The first byte of SHA-256 over the id of a person, two hex digits' },
};

const wrapped: Record<Wrapping, string> = {
  jws: 'a compact JWS (RFC 7515, EdDSA)',
  'jwe-site': 'a compact JWE (RFC 7516, dir, A256GCM, the key of the site) that holds a compact JWS (EdDSA)',
  'jwe-terminal':
    'a compact JWE (RFC 7516, ECDH-ES+A256KW to the key of that terminal) that holds a compact JWS (EdDSA)',
  text: 'text',
};

/** Something that is said over the broker, in AsyncAPI's terms. */
export interface ApiMessage {
  readonly name: string;
  /** From the root of all topics, with a parameter where an id stands. */
  readonly address: string;
  /** What the hub does with it. */
  readonly action: 'send' | 'receive';
  /** Who says it. */
  readonly from: string;
  readonly retained: boolean;
  readonly says: string;
  readonly contentType: string;
  /** How it is written. */
  readonly description: string;
  /** Name of its schema in `docs/wire/`. */
  readonly schema: string;
}

/** What is said over the same broker to others than terminals. */
export interface ApiBeside {
  readonly messages: readonly ApiMessage[];
  /** What stands in the braces of their addresses and of no others. */
  readonly parameters: Readonly<Record<string, object>>;
}

/**
 * The wire as an AsyncAPI 3.0 document, seen from the hub. Payloads are described by the JSON Schemas beside it: what is
 * inside the signature, where there is one. Written to `docs/wire/asyncapi.json` by `npm run schema`.
 */
export function asyncApiDocument(beside: ApiBeside): object {
  const messages = [...wireMessages.map(apiMessage), ...beside.messages];
  const known = { ...parameters, ...beside.parameters };
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'limen: the wire between a hub and its terminals',
      version: '2',
      description: `MQTT 3.1.1 or 5, QoS 1, no feature of MQTT 5 needed. Nothing above ${maxMessageBytes / 1024} KB is looked at. In words: docs/mqtt.md.`,
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/jose',
    servers: {
      site: { host: 'broker.example:8883', protocol: 'secure-mqtt', description: "A site's broker" },
    },
    channels: Object.fromEntries(messages.map((message) => [message.name, channelOf(message, known)])),
    operations: Object.fromEntries(messages.map((message) => [`${message.name}Hub`, operationOf(message)])),
    components: { messages: Object.fromEntries(messages.map((message) => [message.name, messageOf(message)])) },
  };
}

function apiMessage({ kind, address, from, retained, wrapping, type, schema, says }: WireMessage): ApiMessage {
  const header = type === null ? '' : `, "typ": "${type}"`;
  return {
    ...{ name: kind, address: `limen/{site}/${address}`, retained, says, schema },
    action: from === 'hub' ? 'send' : 'receive',
    from: from === 'hub' ? 'the hub' : 'a terminal',
    contentType: wrapping === 'text' ? 'text/plain' : 'application/jose',
    description: `On the wire: ${wrapped[wrapping]}${header}. The payload below is what is inside.`,
  };
}

function channelOf({ name, address, says, from, retained }: ApiMessage, known: ApiBeside['parameters']): object {
  const names = [...address.matchAll(/\{(\w+)\}/g)].map(([, parameter = '']) => parameter);
  const kept = retained ? 'The broker keeps it (retained).' : 'The broker does not keep it.';
  return {
    address,
    title: says,
    description: `From ${from}. ${kept}`,
    parameters: Object.fromEntries(names.map((parameter) => [parameter, known[parameter]])),
    messages: { [name]: { $ref: `#/components/messages/${name}` } },
  };
}

function operationOf({ name, action, retained, says }: ApiMessage): object {
  return {
    action,
    summary: says,
    channel: { $ref: `#/channels/${name}` },
    messages: [{ $ref: `#/channels/${name}/messages/${name}` }],
    bindings: { mqtt: { qos: 1, retain: retained, bindingVersion: '0.2.0' } },
  };
}

function messageOf({ name, says, contentType, description, schema }: ApiMessage): object {
  return {
    name,
    title: says,
    contentType,
    description,
    payload: {
      schemaFormat: 'application/schema+json;version=draft-2020-12',
      schema: { $ref: `./${schema}.schema.json` },
    },
  };
}
