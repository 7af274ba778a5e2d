import { maxMessageBytes } from './jose-text.ts';
import { type WireMessage, type Wrapping, wireMessages } from './wire-catalogue.ts';

/** What an id in a topic is. */
const parameters = {
  site: { description: 'Name of the site' },
  terminal: { description: 'Name of a terminal, unique on its site' },
  person: { description: 'Id of a person' },
  bucket: { description: 'The first byte of SHA-256 over the id of a person, two hex digits' },
} as const;

const wrapped: Record<Wrapping, string> = {
  jws: 'a compact JWS (RFC 7515, EdDSA)',
  'jwe-site': 'a compact JWE (RFC 7516, dir, A256GCM, the key of the site) that holds a compact JWS (EdDSA)',
  'jwe-terminal':
    'a compact JWE (RFC 7516, ECDH-ES+A256KW to the key of that terminal) that holds a compact JWS (EdDSA)',
  text: 'text',
};

/**
 * The wire as an AsyncAPI 3.0 document, seen from the hub. Payloads are described by the JSON Schemas beside it: what is
 * inside the signature. Written to `docs/wire/asyncapi.json` by `npm run schema`.
 */
export function asyncApiDocument(): object {
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
    channels: Object.fromEntries(wireMessages.map((message) => [message.kind, channelOf(message)])),
    operations: Object.fromEntries(wireMessages.map((message) => [`${message.kind}Hub`, operationOf(message)])),
    components: {
      messages: Object.fromEntries(wireMessages.map((message) => [message.kind, messageOf(message)])),
    },
  };
}

function channelOf({ kind, address, says, from, retained }: WireMessage): object {
  const names = ['site', ...[...address.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as keyof typeof parameters)];
  const kept = retained ? 'The broker keeps it (retained).' : 'The broker does not keep it.';
  return {
    address: `limen/{site}/${address}`,
    title: says,
    description: `From ${from === 'hub' ? 'the hub' : 'a terminal'}. ${kept}`,
    parameters: Object.fromEntries(names.map((name) => [name, parameters[name as keyof typeof parameters]])),
    messages: { [kind]: { $ref: `#/components/messages/${kind}` } },
  };
}

function operationOf({ kind, from, retained, says }: WireMessage): object {
  return {
    action: from === 'hub' ? 'send' : 'receive',
    summary: says,
    channel: { $ref: `#/channels/${kind}` },
    messages: [{ $ref: `#/channels/${kind}/messages/${kind}` }],
    bindings: { mqtt: { qos: 1, retain: retained, bindingVersion: '0.2.0' } },
  };
}

function messageOf({ kind, wrapping, type, schema, says }: WireMessage): object {
  const header = type === null ? '' : `, "typ": "${type}"`;
  return {
    name: kind,
    title: says,
    contentType: wrapping === 'text' ? 'text/plain' : 'application/jose',
    description: `On the wire: ${wrapped[wrapping]}${header}. The payload below is what is inside.`,
    payload: {
      schemaFormat: 'application/schema+json;version=draft-2020-12',
      schema: { $ref: `./${schema}.schema.json` },
    },
  };
}
