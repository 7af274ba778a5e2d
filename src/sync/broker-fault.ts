import { messageOf, systemCodeOf } from '../domain/errors.ts';

/** What the codes of Node's TLS and of MQTT mean to whoever has to mend it. */
const sentences: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "the broker's certificate has expired",
  CERT_NOT_YET_VALID: "the broker's certificate is not valid yet, or this machine's clock is wrong",
  ERR_TLS_CERT_ALTNAME_INVALID: "the broker's certificate is for another name than the address says",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the broker's certificate was not issued by the authority that is trusted here",
  SELF_SIGNED_CERT_IN_CHAIN: "the broker's certificate was not issued by the authority that is trusted here",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the broker's certificate was not issued by the authority that is trusted here",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the broker's certificate was not issued by the authority that is trusted here",
  CERT_SIGNATURE_FAILURE: "the broker's certificate was not issued by the authority that is trusted here",
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: "the broker says that this side's certificate has expired",
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: "the broker says that this side's certificate was revoked",
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: "the broker does not know the authority of this side's certificate",
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'the broker wants a client certificate, and there is none here',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: "the broker does not accept this side's certificate",
  ERR_SSL_WRONG_VERSION_NUMBER: 'the broker does not speak TLS on this port',
  '4': 'the broker does not accept this user name and password',
  '5': 'the broker does not let this user in',
  '134': 'the broker does not accept this user name and password',
  '135': 'the broker does not let this user in',
};

/** Whoever is turned away by what they have needs something new from the hub: looking at the network would not help. */
const turnedAway = new Set(
  [
    ...['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED'],
    ...['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'],
    ...['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', '4', '5', '134', '135'],
  ].map((code) => sentences[code]),
);

/** Whether {@link brokerFault} said that the broker does not accept what this side has to show. */
export function isTurnedAway(reason: string): boolean {
  return turnedAway.has(reason);
}

/** Why a connection failed, in one sentence; what is not foreseen in the words of whoever found it. */
export function brokerFault(error: unknown): string {
  const code = systemCodeOf(error) ?? String((error as { code?: unknown } | null)?.code ?? '');
  return sentences[code] ?? (messageOf(error) || code);
}
