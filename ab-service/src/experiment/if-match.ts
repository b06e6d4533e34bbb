import { Problem } from '../../../shared/problem.ts';

/** The entity tag of a version: `"3"`. */
export const versionTag = (version: number): string => `"${version}"`;

/** Throws Problem `stale` when `If-Match` names other versions than the present one; without the header nothing is checked. */
export const requireVersion = (header: string | undefined, version: number): void => {
  if (header === undefined) return;
  const tags = header.split(',').map((tag) => tag.trim());
  if (tags.includes('*') || tags.includes(versionTag(version))) return;
  throw new Problem('stale', `Somebody else has changed it: it is at version ${version} now. Read it again and repeat the change on that.`);
};
