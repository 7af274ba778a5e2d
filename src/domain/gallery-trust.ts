/**
 * What a gallery is good for, by how long ago the hub confirmed it: `full` while its head has not ended; then it goes on
 * `working`; after what the site has set for it, only with a `second-factor`, and in the end for `none`.
 */
export type GalleryTrust = 'full' | 'working' | 'second-factor' | 'none';
