import { signed, verified } from '../../../shared/signature.ts';
import type { SigningKey } from '../../../shared/signature.ts';

/** What a preview shows, and until when (ms). */
export interface Preview {
  readonly experiment_id: string;
  readonly variant_id: string;
  readonly expires_at: number;
}

const PURPOSE = 'preview';

/** Writes a preview as a token that this key has signed: whoever has it may look, and nobody can make another from it. */
export const previewToken = ({ experiment_id, variant_id, expires_at }: Preview, key: SigningKey): string => signed(`${experiment_id}~${variant_id}~${expires_at}`, key, PURPOSE);

/** Reads a token that `previewToken` wrote; undefined for any other, and once it has expired. */
export const readPreview = (token: string, key: SigningKey, now: number): Preview | undefined => {
  const [experiment_id, variant_id, expires] = verified(token, key, PURPOSE)?.split('~') ?? [];
  const expires_at = Number(expires);
  return experiment_id === undefined || variant_id === undefined || !(expires_at > now) ? undefined : { experiment_id, variant_id, expires_at };
};
