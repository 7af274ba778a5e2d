import { z } from 'zod';
import { idPattern } from '../domain/person.ts';

const id = z.string().regex(idPattern, 'use letters, digits, ".", "_" and "-", at most 64');
const filePath = z
  .string()
  .min(1)
  .regex(/^(?!~)/, 'write the whole path: "~" is for shells');
const milliseconds = (least: number, most: number) => z.number().int().min(least).max(most);

/** Where pictures come from. */
export const cameraSchema = z.discriminatedUnion('driver', [
  z.strictObject({
    driver: z.literal('replay').describe('Play JPEG files with their real timing; for demos and tests'),
    folder: filePath.describe('A folder of JPEG files, played in the order of their names'),
    fps: z.number().positive().max(120).default(10).describe('Pictures per second'),
    loop: z.boolean().default(true).describe('Start over after the last picture'),
  }),
  z.strictObject({
    driver: z.literal('v4l2').describe('A camera through one long-lived ffmpeg'),
    device: z
      .string()
      .regex(/^\/dev\/[\w/.:-]+$/, 'a device path such as /dev/video0')
      .default('/dev/video0')
      .describe('"limen doctor" lists the cameras'),
    widthPx: z.number().int().min(160).max(3840).default(640).describe('Width of the pictures'),
    heightPx: z.number().int().min(120).max(2160).default(480).describe('Height of the pictures'),
    fps: z.number().positive().max(60).default(10).describe('Pictures per second'),
    inputFormat: z
      .enum(['auto', 'mjpeg', 'yuyv422'])
      .default('auto')
      .describe('What the camera is asked for; "mjpeg" where USB 2 is too slow for raw pictures'),
  }),
  z.strictObject({
    driver: z.literal('node-webcam').describe('One fswebcam call per picture; slow, but works where ffmpeg does not'),
    device: z
      .string()
      .regex(/^(\/dev\/[\w/.:-]+|(TEST|FILE):[\w/.:-]*)$/, 'a device path such as /dev/video0')
      .default('/dev/video0')
      .describe('"limen doctor" lists the cameras'),
    widthPx: z.number().int().min(160).max(3840).default(640).describe('Width of the pictures'),
    heightPx: z.number().int().min(120).max(2160).default(480).describe('Height of the pictures'),
    fps: z.number().positive().max(10).default(3).describe('Pictures per second'),
  }),
]);

/** What holds the door shut. */
export const doorSchema = z.discriminatedUnion('driver', [
  z.strictObject({
    driver: z.literal('simulated').describe('A lock that exists as a file only; for demos, tests and a dry run'),
    pulseMs: milliseconds(100, 60_000).default(3000).describe('How long the door can be opened after a grant'),
    longestPulseMs: milliseconds(100, 120_000)
      .default(10_000)
      .describe('The lock process never holds it open for longer'),
  }),
  z.strictObject({
    driver: z.literal('onoff').describe('A relay on a GPIO line, through the sysfs interface'),
    chipLabel: z
      .string()
      .min(1)
      .describe('Label of the GPIO chip; "limen doctor" lists them')
      .default('pinctrl-bcm2711'),
    line: z.number().int().min(0).max(511).describe('Line offset within that chip: the BCM number on a Raspberry Pi'),
    activeLow: z.boolean().default(false).describe('true when a low level releases the door'),
    pulseMs: milliseconds(100, 60_000).default(3000).describe('How long the door can be opened after a grant'),
    longestPulseMs: milliseconds(100, 120_000)
      .default(10_000)
      .describe('The lock process never holds it open for longer'),
  }),
]);

/** How a broker is reached. */
export const brokerSchema = z.strictObject({
  url: z
    .string()
    .regex(/^(mqtts?|wss?):\/\/.+/, 'an address such as mqtt://10.0.0.5:1883 or mqtts://broker.example:8883')
    .describe('Address of the broker; "mqtts" and "wss" are encrypted'),
  username: z.string().optional().describe('Name of this client at the broker'),
  passwordFile: filePath.optional().describe('A file that only limen may read'),
  caFile: filePath.optional().describe('Certificate authority of the broker, PEM'),
  certFile: filePath.optional().describe('Client certificate, PEM; needs keyFile'),
  keyFile: filePath.optional().describe('Key of the client certificate; a file that only limen may read'),
  protocol: z.enum(['3.1.1', '5']).default('3.1.1').describe('MQTT version'),
});

/** When someone is let in. Every default is on the strict side. */
export const recognitionSchema = z.strictObject({
  pack: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .default('faceapi')
    .describe('Names of packs or paths of their folders; the first that has a detector, an embedder … gives it'),
  engine: z
    .enum(['onnxruntime-node', 'onnxruntime-web', 'tfjs'])
    .default('onnxruntime-node')
    .describe(
      'What runs the networks: native code; WebAssembly where that does not load (slower); or TensorFlow.js, with or without @tensorflow/tfjs-node',
    ),
  projection: filePath
    .optional()
    .describe("What `limen adapt` has learned from this site's people; only with the embedder it was learned for"),
  targetFpir: z
    .number()
    .gt(0)
    .max(0.05)
    .default(0.001)
    .describe('How often a stranger may be taken for anyone in the gallery, per attempt: 0.001 is one in a thousand'),
  minMargin: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('How much farther the second person must be (1 - cosine); left out, it follows from the pack'),
  agreeing: z
    .number()
    .int()
    .min(2)
    .max(20)
    .default(3)
    .describe('N: good sightings that must agree on one person; at least 2, because one picture never opens a door'),
  window: z.number().int().min(2).max(40).default(5).describe('M: of the last M good sightings'),
  decideWithinMs: milliseconds(500, 60_000)
    .default(2500)
    .describe('A face that was good enough to recognise for this long, and is still nobody, is refused'),
  liveness: z
    .enum(['off', 'required'])
    .default('required')
    .describe('"required" grants nobody who was not judged alive; "off" lets a photograph pass'),
  challenge: z
    .enum(['off', 'blink', 'turn', 'any'])
    .default('off')
    .describe(
      'An act that everybody is asked for: to blink, to turn the head to a side drawn by lot, or one of them. A turn needs quality.maxYawDeg of 25 or more',
    ),
  challengeWithinMs: milliseconds(2000, 60_000)
    .default(8000)
    .describe('Who has not done it after this long is refused'),
  idleFps: z
    .number()
    .min(0.5)
    .max(60)
    .default(3)
    .describe('Pictures per second that are searched while nothing moves; all are, as soon as something does'),
  quality: z
    .strictObject({
      minInterEyePx: z.number().min(8).max(400).default(30).describe('Least distance between the eyes'),
      minSharpness: z.number().min(0).default(20).describe('Least variance of the Laplacian of the aligned face'),
      maxYawDeg: z.number().min(1).max(90).default(30).describe('Head turned aside by at most'),
      maxPitchDeg: z.number().min(1).max(90).default(30).describe('Head up or down by at most'),
      maxRollDeg: z.number().min(1).max(90).default(30).describe('Head tilted by at most'),
      minBrightness: z.number().min(0).max(255).default(35).describe('Mean luminance of the face, 0 to 255'),
      maxBrightness: z.number().min(0).max(255).default(225).describe('Mean luminance of the face, 0 to 255'),
      minContrast: z.number().min(0).max(128).default(12).describe('Least standard deviation of the luminance'),
    })
    .prefault({}),
});

const journalSchema = z.strictObject({
  retentionDays: z.number().int().min(1).max(3650).default(90).describe('Acknowledged events are kept this long'),
});

const visitorsSchema = z.strictObject({
  keepDays: z
    .number()
    .int()
    .min(1)
    .max(365)
    .describe('Templates of faces that were refused as unknown are kept this long, encrypted, on this device only'),
});

const logSchema = z.strictObject({
  level: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('"debug" prints every event'),
  format: z.enum(['pretty', 'json']).default('pretty').describe('"json" for machines'),
});

/** One terminal: a camera, a decision, and a door or a time clock. */
export const terminalConfigSchema = z.strictObject({
  site: id.describe('Name of the site; the root of every MQTT topic'),
  terminal: id.describe('Name of this terminal, unique on the site'),
  mode: z.enum(['door', 'punch']).default('door').describe('Open a door, or record punches'),
  direction: z.enum(['in', 'out']).default('in').describe('What a punch at this terminal means; for mode "punch"'),
  dataFolder: filePath.describe('Where gallery and journal live; one daemon per folder'),
  camera: cameraSchema,
  recognition: recognitionSchema.prefault({}),
  door: doorSchema.optional().describe('Needed for mode "door"; a time clock may open a door as well'),
  broker: brokerSchema.optional().describe('Without a broker the terminal works on the gallery it has'),
  keys: z.strictObject({
    siteKeyFile: filePath.describe('The key the hub encrypts people with; readable by limen only'),
    hubPublicKeyFile: filePath.describe('The key that proves a message came from the hub'),
  }),
  journal: journalSchema.prefault({}),
  visitors: visitorsSchema
    .optional()
    .describe('Off unless it is there. Remembers faces of unknown people: read docs/gallery.md about the law first'),
  log: logSchema.prefault({}),
});

/** The central side: enrols people, publishes them, collects events. */
export const hubConfigSchema = z.strictObject({
  site: id.describe('Name of the site; the root of every MQTT topic'),
  dataFolder: filePath.describe('Where keys and books live: back it up, keep it private'),
  broker: brokerSchema.extend({
    embedded: z
      .strictObject({
        host: z.string().min(1).default('127.0.0.1').describe('Where it listens; it knows no passwords'),
        port: z.number().int().min(0).max(65535).default(1883).describe('0 takes any free port'),
      })
      .optional()
      .describe('Run a small broker inside the hub; for demos and single doors'),
  }),
  recognition: recognitionSchema.pick({ pack: true, engine: true, quality: true }).prefault({}),
  log: logSchema.prefault({}),
});

export type CameraConfig = z.infer<typeof cameraSchema>;
export type DoorConfig = z.infer<typeof doorSchema>;
export type BrokerConfig = z.infer<typeof brokerSchema>;
export type RecognitionConfig = z.infer<typeof recognitionSchema>;
export type QualityConfig = RecognitionConfig['quality'];
export type TerminalConfig = z.infer<typeof terminalConfigSchema>;
export type HubConfig = z.infer<typeof hubConfigSchema>;
