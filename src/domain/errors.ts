/**
 * Every code limen can fail with. Stable: scripts, journals and support answers refer to them.
 * The part before the dot names the room that failed.
 */
export type ErrorCode =
  | 'usage.invalid'
  | 'config.invalid'
  | 'config.unreadable'
  | 'config.secret-exposed'
  | 'config.changed'
  | 'file.unreadable'
  | 'file.unwritable'
  | 'file.corrupt'
  | 'file.newer-version'
  | 'disk.full'
  | 'store.lost'
  | 'store.refused'
  | 'store.not-empty'
  | 'store.copy-differs'
  | 'hub.already-running'
  | 'data-folder.in-use'
  | 'camera.missing'
  | 'camera.busy'
  | 'camera.denied'
  | 'camera.failed'
  | 'camera.stalled'
  | 'camera.tool-missing'
  | 'image.unreadable'
  | 'image.too-large'
  | 'image.no-face'
  | 'image.many-faces'
  | 'image.poor-quality'
  | 'image.other-person'
  | 'image.not-alive'
  | 'pack.missing'
  | 'pack.invalid'
  | 'pack.tampered'
  | 'pack.unreachable'
  | 'engine.missing'
  | 'engine.failed'
  | 'vision.failed'
  | 'template.foreign-embedder'
  | 'template.invalid'
  | 'calibration.unsupported'
  | 'evaluate.pairs-invalid'
  | 'evaluate.too-little'
  | 'adapt.too-little'
  | 'adapt.not-better'
  | 'adapt.failed'
  | 'gallery.corrupt'
  | 'gallery.empty'
  | 'gallery.signature-invalid'
  | 'gallery.rollback'
  | 'gallery.foreign-lineage'
  | 'gallery.erased-since'
  | 'gallery.message-invalid'
  | 'gallery.expired'
  | 'person.unknown'
  | 'person.exists'
  | 'person.look-alike'
  | 'person.suspended'
  | 'person.without-face'
  | 'payroll.unknown'
  | 'payroll.unreachable'
  | 'payroll.denied'
  | 'payroll.refused'
  | 'access.rules-invalid'
  | 'access.rules-changed'
  | 'attendance.no-plan'
  | 'attendance.statement-forged'
  | 'access.rules-conflict'
  | 'access.rules-rollback'
  | 'access.rules-missing'
  | 'access.pin-invalid'
  | 'person.card-taken'
  | 'reader.missing'
  | 'reader.failed'
  | 'punch.unknown-key'
  | 'journal.broken-chain'
  | 'journal.corrupt'
  | 'journal.failed'
  | 'broker.unreachable'
  | 'broker.lost'
  | 'message.invalid'
  | 'message.too-large'
  | 'message.signature-invalid'
  | 'message.outdated'
  | 'key.missing'
  | 'key.invalid'
  | 'key.rollback'
  | 'key.pending'
  | 'key.unasked'
  | 'key.under-way'
  | 'certificate.invalid'
  | 'provisioning.invalid'
  | 'provisioning.mismatch'
  | 'terminal.unknown'
  | 'terminal.exists'
  | 'terminal.revoked'
  | 'command.signature-invalid'
  | 'command.wrong-audience'
  | 'command.retained'
  | 'command.expired'
  | 'command.not-yet-valid'
  | 'command.clock-unsynced'
  | 'command.superseded'
  | 'command.repeated'
  | 'command.forgotten'
  | 'command.unknown'
  | 'command.arguments-invalid'
  | 'command.interrupted'
  | 'command.unanswered'
  | 'door.line-busy'
  | 'door.line-missing'
  | 'door.denied'
  | 'door.driver-missing'
  | 'door.lock-process-failed'
  | 'door.lock-service-missing'
  | 'door.lock-settings-differ'
  | 'door.lock-settings-invalid'
  | 'door.lock-taken'
  | 'door.fault'
  | 'door.lockdown'
  | 'door.hold-refused'
  | 'door.fire'
  | 'console.setup-done'
  | 'console.code-wrong'
  | 'console.setup-needed'
  | 'console.address-taken'
  | 'account.exists'
  | 'account.unknown'
  | 'account.last-administrator'
  | 'account.administrator-first'
  | 'account.password-weak'
  | 'audit.forged'
  | 'session.missing'
  | 'session.refused'
  | 'session.too-many'
  | 'session.busy'
  | 'session.forbidden'
  | 'session.header-missing'
  | 'image.gone'
  | 'image.too-many'
  | 'import.running'
  | 'import.unknown'
  | 'service.unavailable'
  | 'internal';

/** What a {@link LimenError} is made of, besides its sentence. */
export interface LimenErrorOptions {
  /** The mend, as an instruction: "Plug the camera in, or set camera.device to one of …". */
  hint?: string;
  /** What was caught at the adapter's edge. */
  cause?: unknown;
}

/**
 * The only error class of the project: one clear sentence, a stable code, and the mend.
 * Foreign errors are converted at the adapter that caught them. A denial is a value, never an error.
 */
export class LimenError extends Error {
  override readonly name = 'LimenError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: LimenErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** True for a {@link LimenError}, optionally of one code. */
export function isLimenError(error: unknown, code?: ErrorCode): error is LimenError {
  return error instanceof LimenError && (code === undefined || error.code === code);
}

/** The message of anything that was thrown, for a sentence that quotes it. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The system error code (`ENOENT`, `EBUSY` …) of anything that was thrown, when it has one. */
export function systemCodeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}
