import { z } from 'zod';
import { accessSchema } from './access-schema.ts';
import { filePath, id, milliseconds } from './common-schema.ts';
import { consoleSchema } from './console-schema.ts';
import { gpioInput, gpioOutput } from './line-schema.ts';
import { payrollSchema } from './payroll-schema.ts';
import { punchSchema } from './punch-schema.ts';
import { recognitionSchema } from './recognition-schema.ts';
import { screenSchema } from './screen-schema.ts';

/** The longest path a Unix socket can have on Linux and macOS, with room for the end mark. */
const longestSocketPath = 103;

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

/** What holds the door shut, what is known of it, and what the people before it are shown. */
export const doorSchema = z.strictObject({
  driver: z
    .enum(['gpiochip', 'onoff', 'simulated'])
    .describe(
      '"gpiochip": lines of a GPIO chip; "onoff": the same through the old sysfs interface; "simulated": files, for demos, tests and a dry run',
    ),
  chipLabel: z.string().min(1).default('pinctrl-bcm2711').describe('Label of the GPIO chip; "limen doctor" lists them'),
  line: z
    .number()
    .int()
    .min(0)
    .max(511)
    .optional()
    .describe('The lock relay\'s line within that chip: the BCM number on a Raspberry Pi. Only "simulated" needs none'),
  activeLow: z.boolean().default(false).describe('true when the relay board switches on a low level'),
  wiring: z
    .enum(['fail-secure', 'fail-safe'])
    .default('fail-secure')
    .describe('"fail-secure": the relay is switched on to open (strike); "fail-safe": to hold shut (magnet)'),
  lockProcess: z
    .enum(['own', 'service'])
    .default('own')
    .describe('Who runs the lock process: "own" is limen itself, "service" is limen-lock.service; see docs/door.md'),
  lockSocket: z
    .string()
    .regex(/^\/./, 'a whole path')
    .refine((path) => Buffer.byteLength(path) <= longestSocketPath, `a path of ${longestSocketPath} bytes at most`)
    .default('/run/limen-lock/lock.sock')
    .describe('Where the lock service listens; it writes into this folder and nowhere else'),
  pulseMs: milliseconds(100, 60_000).default(3000).describe('How long the door can be opened after a grant'),
  extendedPulseMs: milliseconds(100, 120_000)
    .optional()
    .describe('The same, for people who are marked as needing more time; left out, it is door.longestPulseMs'),
  longestPulseMs: milliseconds(100, 120_000)
    .default(10_000)
    .describe('The lock process never holds it open for longer, from the last grant or request to exit'),
  longestHoldMs: milliseconds(0, 86_400_000)
    .default(0)
    .describe('Free access lasts this long at most; 0 refuses it. The lock process ends it, whatever the daemon says'),
  freeAccessByUnsetClock: z
    .boolean()
    .default(false)
    .describe(
      'true: free access goes by the clock though no time server has set it since the start; for a clock with a battery, where there is no network',
    ),
  relock: z
    .enum(['when-opened', 'when-closed', 'after-pulse'])
    .default('when-opened')
    .describe('What ends a pulse early: the door was opened, it was closed again, or nothing; needs inputs.contact'),
  heldOpenPreAlarmMs: milliseconds(1000, 3_600_000)
    .default(20_000)
    .describe('Open for this long, the buzzer sounds and nobody else is told; needs inputs.contact'),
  heldOpenAlarmMs: milliseconds(1000, 3_600_000).default(30_000).describe('Open for this long, the alarm is raised'),
  jammedAfterMs: milliseconds(100, 60_000)
    .default(2000)
    .describe('The bolt may take this long to follow the lock while the door is closed; needs inputs.bolt'),
  rexUnlocks: z
    .boolean()
    .default(true)
    .describe('false where the handle inside opens by itself: a request to exit then only keeps the alarm quiet'),
  inputs: z
    .strictObject({
      contact: gpioInput('Door contact: on while the door is closed'),
      bolt: gpioInput('Bolt contact of the lock: on while it is really bolted'),
      rex: gpioInput('Request to exit: a button or a sensor inside'),
      tamper: gpioInput('Tamper switch: on while the housing is open'),
      fire: gpioInput('Fire alarm: on while there is one. Wire the release as well, see docs/door.md'),
      lockdownKey: gpioInput('Key switch: on is lockdown, off ends it'),
    })
    .prefault({})
    .describe('Each may be left out'),
  outputs: z
    .strictObject({
      green: gpioOutput('Light: the door can be opened'),
      red: gpioOutput('Light: refused, alarm, lockdown'),
      busy: gpioOutput('Light: somebody is being looked at'),
      buzzer: gpioOutput('Sounds when somebody is let in or refused, and before and during an alarm'),
      alarm: gpioOutput('Relay to an alarm panel: on while an alarm stands'),
    })
    .prefault({})
    .describe('Each may be left out'),
});

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

const journalSchema = z.strictObject({
  retentionDays: z.number().int().min(1).max(3650).default(90).describe('Acknowledged events are kept this long'),
});

const days = (least: number) => z.number().min(least).max(3650);
const galleryAgeSchema = z.strictObject({
  secondFactorAfterDays: days(0)
    .optional()
    .describe('This long after the head has ended, a face needs a PIN or a card besides; left out, never'),
  refuseAfterDays: days(0).optional().describe('This long after the head has ended, nobody passes; left out, never'),
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
  dataFolder: filePath.describe('Where gallery and journal live; one daemon per folder'),
  camera: cameraSchema,
  recognition: recognitionSchema.prefault({}),
  door: doorSchema.optional().describe('Needed for mode "door"; a time clock may open a door as well'),
  punch: punchSchema
    .prefault({})
    .describe('For mode "punch": what a punch means, and how that is said: docs/time-clock.md'),
  access: accessSchema
    .optional()
    .describe('Who may pass, and when: docs/access.md. Left out, everybody in the gallery who is valid'),
  screen: screenSchema
    .optional()
    .describe(
      'Off unless it is there (`screen: {}` is enough). The screen at the door, for a browser on this device: docs/screen.md',
    ),
  console: consoleSchema
    .optional()
    .describe(
      "Off unless it is there (`console: {}` is enough). This terminal's own console, for a browser at the door when the hub is out of reach: docs/terminal-console.md",
    ),
  provisioning: filePath
    .optional()
    .describe('The file of `limen hub provision`; left out, what `limen provision` put into the data folder'),
  broker: brokerSchema
    .optional()
    .describe(
      'Another way to the broker than the provisioning file names; it replaces all that is said there about it',
    ),
  gallery: galleryAgeSchema
    .prefault({})
    .describe(
      'What happens when the hub has not confirmed the gallery in time: docs/gallery.md. It is an event always',
    ),
  journal: journalSchema.prefault({}),
  visitors: visitorsSchema
    .optional()
    .describe('Off unless it is there. Remembers faces of unknown people: read docs/gallery.md about the law first'),
  log: logSchema.prefault({}),
});

/** Where the hub's books are. */
const storeSchema = z.discriminatedUnion('driver', [
  z.strictObject({
    driver: z.literal('sqlite').describe('A file in dataFolder; for one hub process'),
  }),
  z.strictObject({
    driver: z.literal('postgres').describe('A PostgreSQL server; for a large fleet, and for several hub processes'),
    url: z
      .string()
      .regex(/^postgres(ql)?:\/\/.+/, 'an address such as postgres://limen@db.example/limen?sslmode=verify-full')
      .describe('Address of the database, without a password'),
    passwordFile: filePath.optional().describe('A file that only limen may read'),
    caFile: filePath.optional().describe('Certificate authority of the server, PEM; needs sslmode=verify-full'),
  }),
]);

/** What Home Assistant is shown, and what it may ask for. */
const homeAssistantSchema = z.strictObject({
  enabled: z.boolean().default(true).describe('false takes everything away again that was published'),
  discoveryPrefix: z
    .string()
    .regex(/^[\w-]+$/, 'letters, digits, "_" and "-"')
    .default('homeassistant')
    .describe("Home Assistant's own discovery prefix"),
  lastPerson: z
    .boolean()
    .default(false)
    .describe('Show the name of who was let in last: to everybody who can read the broker'),
  commands: z
    .array(z.enum(['lock', 'unlock']))
    .default([])
    .describe('What it may ask a lock for. Its orders are not signed: whoever may write to its topics can give them'),
});

/** The central side: enrols people, publishes them, collects events. */
export const hubConfigSchema = z.strictObject({
  site: id.describe('Name of the site; the root of every MQTT topic'),
  dataFolder: filePath.describe('Where keys and books live: back it up, keep it private'),
  store: storeSchema.prefault({ driver: 'sqlite' }).describe('What keeps the books: docs/hub-store.md'),
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
  console: consoleSchema.optional().describe('The web console: docs/console.md. Left out, there is none'),
  gallery: z
    .strictObject({
      validDays: days(0.01)
        .default(30)
        .describe(
          'A published gallery is confirmed for this long, and confirmed anew every day, or four times in that',
        ),
    })
    .prefault({}),
  payroll: z.array(payrollSchema).default([]).describe('Who is told about punches and corrections: docs/payroll.md'),
  homeAssistant: homeAssistantSchema
    .optional()
    .describe('Off unless it is there. Shows terminals to Home Assistant, unencrypted: docs/home-assistant.md'),
  log: logSchema.prefault({}),
});

export type CameraConfig = z.infer<typeof cameraSchema>;
export type DoorConfig = z.infer<typeof doorSchema>;
export type BrokerConfig = z.infer<typeof brokerSchema>;
export type TerminalConfig = z.infer<typeof terminalConfigSchema>;
export type StoreConfig = z.infer<typeof storeSchema>;
export type HubConfig = z.infer<typeof hubConfigSchema>;
