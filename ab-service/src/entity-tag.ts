/** Whether an `If-None-Match` header has the tag, compared weakly (RFC 9110, 13.1.2): a list, `*` and `W/` are understood. */
export const knowsTag = (header: string | undefined, tag: string): boolean => {
  if (header === undefined) return false;
  const opaque = tag.replace(/^W\//, '');
  return header.trim() === '*' || header.split(',').some((each) => each.trim().replace(/^W\//, '') === opaque);
};
