/** The part of the package node-webcam (0.8.2, no types of its own) that limen uses. */
declare module 'node-webcam' {
  interface FsWebcamOptions {
    width: number;
    height: number;
    /** JPEG quality, 0 to 100. */
    quality: number;
    output: 'jpeg';
    device: string;
    callbackReturn: 'location';
    saveShots: boolean;
    verbose: boolean;
  }

  interface FsWebcam {
    /** What the shell line starts with. */
    bin: string;
    capture(location: string, callback: (error: (Error & { code?: number | string }) | null) => void): void;
    /** `shot.data` is what fswebcam wrote to stderr. */
    on(type: 'capture', listener: (event: { shot: { data: string | null } }) => void): void;
  }

  const NodeWebcam: { create(options: FsWebcamOptions, type: 'fswebcam'): FsWebcam };
  export default NodeWebcam;
}
