/**
 * The bytes as the sole tenant of their ArrayBuffer. Frames are transferred to the vision worker, and transferring a
 * slice of Node's shared buffer pool would detach bytes that belong to somebody else.
 */
export function ownBytes(bytes: Uint8Array): Uint8Array {
  const sole = bytes.byteLength === bytes.buffer.byteLength;
  return sole ? new Uint8Array(bytes.buffer as ArrayBuffer) : Uint8Array.from(bytes);
}
