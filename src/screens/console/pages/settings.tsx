import { CheckConfig } from '../parts/check-config.tsx';
import { ModelsCards } from '../parts/models-cards.tsx';
import { OwnSettings } from '../parts/own-settings.tsx';
import { Page } from '../parts/page.tsx';
import { SiteKeys } from '../parts/site-keys.tsx';
import { session } from '../state.ts';

/** Packs, engines, and configurations checked as their files would be. */
export function SettingsPage() {
  const maySee = session.value?.role !== 'operator';
  return (
    <Page title="Models and settings" says="What recognises people, and how the hub and its terminals are set up.">
      <ModelsCards />
      <CheckConfig />
      {maySee && <SiteKeys />}
      {maySee && <OwnSettings />}
    </Page>
  );
}
