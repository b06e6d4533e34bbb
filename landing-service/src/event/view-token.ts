import { signed, verified } from '../../../shared/signature.ts';
import type { SigningKey } from '../../../shared/signature.ts';
import { isUuid, uuidTime } from '../../../shared/uuid.ts';

/** One rendering of a page: what its form and its pixel bring back, so that nobody can make one up. */
export interface View {
  /** The id of its `page_view`. */
  readonly view_id: string;
  /** The id of its `form_submit`: the same form sent twice counts once. */
  readonly form_id: string;
  readonly page: string;
  /** Null for somebody who is not counted. */
  readonly visitor_id: string | null;
  readonly experiment: string | null;
  readonly variant: string | null;
}

const PURPOSE = 'view';
const TOKEN_LENGTH_MAX = 2_048;

/** Signs a rendering: URL-safe, readable by anybody, made by us alone. */
export const signView = ({ view_id, form_id, page, visitor_id, experiment, variant }: View, key: SigningKey): string =>
  signed(Buffer.from(JSON.stringify([view_id, form_id, page, visitor_id, experiment, variant])).toString('base64url'), key, PURPOSE);

/** Reads what `signView` wrote; undefined for anything else. */
export const readView = (token: string, key: SigningKey): View | undefined => {
  const value = token.length > TOKEN_LENGTH_MAX ? undefined : verified(token, key, PURPOSE);
  if (value === undefined) return undefined;
  const [view_id, form_id, page, visitor_id, experiment, variant] = JSON.parse(Buffer.from(value, 'base64url').toString('utf8'));
  return isUuid(view_id) && isUuid(form_id) ? { view_id, form_id, page, visitor_id, experiment, variant } : undefined;
};

/** When a view was rendered, in ms since 1970: its id says so. */
export const viewTime = (view: View): number => uuidTime(view.view_id) ?? 0;
