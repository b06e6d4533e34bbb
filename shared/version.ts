/** The product's version, as health and banner show it; equal to the one in package.json (a test compares). */
export const VERSION = '0.1.0';
