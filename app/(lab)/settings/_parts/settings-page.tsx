'use client';

import { useOverview } from '../../../_lib/live.tsx';
import { setTheme, useTheme } from '../../../_lib/theme.ts';
import { Choice } from '../../../_ui/choice.tsx';
import { CopyButton } from '../../../_ui/copy.tsx';
import { Facts } from '../../../_ui/facts.tsx';
import { PageHead, Panel, Stack } from '../../../_ui/panel.tsx';
import { Skeleton } from '../../../_ui/skeleton.tsx';
import { ConfigPanel } from './config-panel.tsx';
import { Keys } from './keys.tsx';
import { Logins } from './logins.tsx';
import { Support } from './support.tsx';
import styles from './settings.module.css';

export function SettingsPage() {
  return (
    <>
      <PageHead title="Settings" />
      <Stack>
        <ConfigPanel />
        <Keys />
        <Logins />
        <Panel title="Theme" note="Kept in this browser.">
          <ThemeChoice />
        </Panel>
        <Support />
        <Panel title="About this lab">
          <About />
        </Panel>
      </Stack>
    </>
  );
}

const THEME_OPTIONS = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const;

function ThemeChoice() {
  return <Choice legend="Theme" options={THEME_OPTIONS} value={useTheme()} onChange={setTheme} />;
}

function About() {
  const lab = useOverview();
  if (lab === undefined) return <Skeleton height="8rem" />;
  return (
    <Facts
      facts={[
        { name: 'Version', value: `ailab-web ${lab.version}` },
        { name: 'Home', value: <Path path={lab.home} what="the home's path" /> },
        { name: 'Config', value: <Path path={lab.status.config_path} what="the path of ai-lab.yaml" /> },
        {
          name: 'Engine',
          value: lab.engineReason === '' ? lab.engine : `${lab.engine}: ${lab.engineReason}`,
        },
        { name: 'Profile', value: lab.profile },
      ]}
    />
  );
}

function Path({ path, what }: { path: string; what: string }) {
  return (
    <span className={styles.path}>
      <code>{path}</code>
      <CopyButton text={path} what={what} />
    </span>
  );
}
