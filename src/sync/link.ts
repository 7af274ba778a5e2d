/** A message as the broker delivered it. */
export interface Delivery {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly retained: boolean;
}

export type LinkState = { readonly online: true } | { readonly online: false; readonly reason: string };

export interface PublishOptions {
  readonly retain?: boolean;
  /** Delivery guarantee; 1 unless said otherwise. */
  readonly qos?: 0 | 1;
}

/** A connection to a broker that mends itself. Works the same on MQTT 3.1.1 and 5. */
export interface Link {
  readonly url: string;
  readonly state: LinkState;
  /** Resolves when the broker has acknowledged it (qos 1). @throws LimenError `broker.lost` when the link is down. */
  publish(topic: string, payload: string | Uint8Array, options?: PublishOptions): Promise<void>;
  /**
   * Deliver what arrives on a topic filter; the subscription survives reconnects. Resolves, once the broker has it where
   * there is one, with the way to end it.
   */
  subscribe(filter: string, onDelivery: (delivery: Delivery) => void): Promise<() => void>;
  /** Ask for everything subscribed to once more: the broker hands out again what it keeps. */
  refresh(): Promise<void>;
  /** Called with every change of state, and once at once with the present one. */
  onState(listener: (state: LinkState) => void): void;
  close(): Promise<void>;
}
