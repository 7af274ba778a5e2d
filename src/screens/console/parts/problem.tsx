import { RefusedError } from '../../kit/api.ts';
import { Icon } from './icon.tsx';

/** What went wrong, in the server's own words, and how to mend it. */
export function Problem({ of }: { readonly of: unknown }) {
  if (of === null || of === undefined) return null;
  const hint = of instanceof RefusedError ? of.hint : undefined;
  return (
    <div class="notice bad" role="alert">
      <Icon name="warn" />
      <div>
        <strong>{of instanceof Error ? of.message : String(of)}</strong>
        {hint && <p>{hint}</p>}
      </div>
    </div>
  );
}
