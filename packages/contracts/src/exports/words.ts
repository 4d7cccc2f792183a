/** How a bundle is laid out; a newer one is refused (spec 07 §7.10.6). */
export const BUNDLE_FORMAT = 2;
